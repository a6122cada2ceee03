// Every part of the kit in a real browser, under the policy that the gateway sends: both themes, both languages.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject } from 'vitest'
import { ensureSpecimen } from '../../scripts/bundle.mjs'
import { securityHeaders } from '../../server/http/security-headers.ts'
import { answerWebFile, loadWebApp } from '../../server/http/web-app.ts'
import { expectSound, journey, takePicture } from './support/stage.ts'

const ROOT = join(import.meta.dirname, '..', '..')
let server: Server
let browser: Browser
let url = ''

beforeAll(async () => {
  if (inject('browserEndpoint') === '') return
  await ensureSpecimen(ROOT)
  const app = loadWebApp(join(ROOT, 'dist', 'renderer', 'specimen'))
  const protect = securityHeaders([])
  server = createServer((req, res) => {
    const path = new URL(req.url ?? '/', 'http://x').pathname.slice(1)
    const file = path === '' ? app?.index : app?.file(path)
    // The middleware uses nothing of Express but what Node's own request and response have.
    protect(req as never, res as never, () => {
      if (file === undefined) res.writeHead(404).end()
      else answerWebFile(req, res, file)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // Listening on a port, so the address is an AddressInfo.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  browser = await chromium.connect(inject('browserEndpoint'))
})
afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
})

async function open(
  colorScheme: 'light' | 'dark',
  locale: string,
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({
    colorScheme,
    locale,
    viewport: { width: 1180, height: 800 },
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    const isOurs = message.type() === 'error' && !/status of 404/.test(message.text())
    if (isOurs) problems.push(message.text())
  })
  await page.goto(url)
  await page.locator('.recharts-bar-rectangle').first().waitFor()
  await page.locator('svg.qr').first().waitFor()
  return { page, problems }
}

describe.each([
  ['light', 'en'],
  ['dark', 'zh-CN'],
] as const)('%s, %s', (theme, locale) => {
  journey(`every part of the kit is drawn, sound, and breaks no policy (${theme}, ${locale})`, async () => {
    const { page, problems } = await open(theme, locale)
    await expectSound(page)
    await page.setViewportSize({ width: 1180, height: 2900 })
    await takePicture(page, `specimen-${theme}-${locale}`)
    expect(problems).toEqual([])
    await page.context().close()
  })
})

journey('what floats is drawn, sound, and breaks no policy', async () => {
  const { page, problems } = await open('light', 'en')
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).waitFor()
  await takePicture(page, 'specimen-menu')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Toast' }).click()
  await page.getByText('Address copied').waitFor()
  await page.getByRole('button', { name: 'Edit' }).hover()
  await page.locator('.tooltip').waitFor()
  await takePicture(page, 'specimen-toast')
  await page.getByRole('combobox', { name: 'Model' }).fill('fast')
  await page.getByRole('option', { name: /demo-fast/ }).click()
  await page.getByRole('button', { name: 'Any time' }).click()
  await page.getByRole('button', { name: '7 days' }).click()
  await page.getByRole('button', { name: '7 days', expanded: false }).waitFor()
  await page.getByRole('tab', { name: 'Rail' }).click()
  await page.getByText('Key refused').waitFor()
  await page.getByRole('button', { name: 'Show as table' }).first().click()
  await page.getByRole('cell', { name: '23 Nov' }).first().waitFor()
  await expectSound(page)
  await takePicture(page, 'specimen-floating')
  expect(problems).toEqual([])
  await page.context().close()
})
