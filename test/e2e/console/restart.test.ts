// The gateway restarts under a dashboard that somebody looks at: what was missed is shown, without a reload.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { ADMIN, startPortal } from '../../integration/support/portal.ts'
import { expectSound, journey, openStage, type Stage, takePicture } from '../support/stage.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-restart-'))
let stage: Stage
// The first hook to be registered is the last to run: the folder goes when nothing uses it any more.
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))
beforeAll(async () => {
  stage = await openStage({ dataDir })
})

/** A gateway of its own, which the journey stops and starts again. */
async function startFirst() {
  const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-restart-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await startPortal({ dataDir })
  const startAgain = async () => {
    const next = await startPortal({ dataDir, config: { port: first.port } })
    onTestFinished(() => next.stop())
  }
  return { first, cookie: await first.setUp(), startAgain }
}

journey('a dashboard that stays open over a restart shows what happened before it was back', async () => {
  const cookie = stage.admin
  const page = await stage.open('/admin', { cookie, expectedProblems: /ERR_|api/ })
  const people = (count: number) =>
    page.locator('.stat', { hasText: 'Users' }).getByText(String(count), { exact: true }).waitFor()
  await people(1)
  await stage.portal.stop()
  // Nobody has to press anything to learn that it is away.
  await page.getByText('Not reachable').waitFor()
  const next = await startPortal({ dataDir, config: { port: stage.portal.port } })
  onTestFinished(() => next.stop())
  // Before the page has come back, and afterwards.
  await next.call('users.create', { email: 'mira@tidewater.example' }, { cookie })
  await people(2)
  await next.call('users.create', { email: 'lena@tidewater.example' }, { cookie })
  await people(3)
  await page.getByText('Running', { exact: true }).waitFor()
})

journey(
  'a place that was never opened before says that the gateway is away, and shows itself once it is back',
  async () => {
    const first = await startPortal({ dataDir })
    const cookie = await first.signIn(ADMIN)
    const opening = { cookie, origin: first.url, expectedProblems: /ERR_|api|Failed to fetch/ }
    const console = await stage.open('/admin', opening)
    const portal = await stage.open('/', { ...opening, size: 'phone' })
    await console.getByText('Running', { exact: true }).waitFor()
    await portal.getByRole('navigation').getByRole('link', { name: 'Usage' }).waitFor()
    await first.stop()
    await console.getByRole('link', { name: 'Audit' }).click()
    await portal.getByRole('navigation').getByRole('link', { name: 'Usage' }).click()
    for (const page of [console, portal]) {
      await page.getByText('The gateway cannot be reached').first().waitFor()
      expect(await page.getByText('This page has a defect').count()).toBe(0)
      await expectSound(page)
    }
    await takePicture(console, 'console-away-en')
    await takePicture(portal, 'portal-away-en-phone')
    const next = await startPortal({ dataDir, config: { port: first.port } })
    onTestFinished(() => next.stop())
    // Nobody presses anything.
    await console.getByRole('heading', { name: 'Audit' }).waitFor()
    await portal.getByRole('heading', { name: 'Usage' }).waitFor()
  },
)

journey('what was shown before the gateway was lost is not shown as if it were live', async () => {
  const { first, cookie, startAgain } = await startFirst()
  const opening = { cookie, origin: first.url, expectedProblems: /ERR_|api|Failed to fetch/ }
  const console = await stage.open('/admin', opening)
  const dark = await stage.open('/admin', { ...opening, locale: 'zh-CN', theme: 'dark', size: 'narrow' })
  const portal = await stage.open('/', { ...opening, size: 'phone', locale: 'zh-CN' })
  const login = await stage.open('/login', { origin: first.url, expectedProblems: /ERR_|api/ })
  await console.getByText('Ledger balanced').waitFor()
  await dark.getByText('账本一致').waitFor()
  await portal.getByText('余额', { exact: true }).first().waitFor()
  await login.getByText('This gateway is running').waitFor()
  await first.stop()
  await login.getByRole('textbox', { name: 'Email' }).fill(ADMIN.email)
  await login.locator('input[type=password]').fill(ADMIN.password)
  await login.keyboard.press('Enter')
  await login.getByText('This gateway does not answer').waitFor()
  await portal.getByText('无法连接网关，正在重试').waitFor()
  await console.getByText('Ledger not known').waitFor()
  await console.getByText('– in flight').waitFor()
  await dark.getByText('账本状态未知').waitFor()
  for (const [name, page] of Object.entries({ console, dark, portal, login })) {
    await expectSound(page)
    await takePicture(page, `lost-${name}`)
  }
  await startAgain()
  await console.getByText('Ledger balanced').waitFor()
  await portal.getByText('无法连接网关，正在重试').waitFor({ state: 'detached' })
  await login.getByText('This gateway is running').waitFor()
})
