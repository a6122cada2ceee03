// The first minutes with the app, and the next start: set-up in the window, the key in the real keychain, a request from another
// process, its row in the window, and an end that leaves nothing behind.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import { OpenAI } from '../clients/openai-client.ts'
import { startDesktop, takeAllPictures } from './desktop-app.ts'
import { keychainJourney } from './desktop-journey.ts'
import { startPrivateKeychain } from './private-keychain.ts'
import { answerNext, click, seen } from './tray-hand.ts'

const UPSTREAM_KEY = 'sk-proj-only-in-the-keychain-QWER'
const MODEL = 'gpt-4.1-mini'
const DRAIN = 0
const ADMIN = { email: 'ada@example.test', password: 'correct horse battery staple' }

keychainJourney('from the first start to the first request, and on after the next start', async () => {
  const upstream = await startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true })
  onTestFinished(() => upstream.stop())
  const env = await startPrivateKeychain()
  const app = startDesktop({ env })

  const page = await app.page()
  await page.getByRole('heading', { level: 1, name: 'Set up your gateway' }).waitFor()
  await takeAllPictures(page, 'set-up')
  await page.getByRole('textbox', { name: 'Email' }).fill(ADMIN.email)
  await page.locator('input[name=password]').fill(ADMIN.password)
  await page.getByRole('textbox', { name: 'Password again' }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('textbox', { name: /Base URL/ }).fill(upstream.baseUrl)
  await page.getByRole('textbox', { name: /API key/ }).fill(UPSTREAM_KEY)
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText(/It works/).waitFor()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Finish the set-up' }).click()
  await page.waitForURL('**/admin')
  await page.getByRole('heading', { name: 'Connect your first client' }).waitFor()
  // The gateway's own address, not the page's, which nobody else can reach.
  const address = addressIn(app.printed())
  await page.getByText(address.replace('http://', ''), { exact: true }).waitFor()
  await takeAllPictures(page, 'console')
  // Nobody signs in here, so nobody can sign out.
  await page.getByRole('button', { name: /Account/ }).click()
  await page.getByRole('menu').getByText(ADMIN.email).waitFor()
  expect(await page.getByRole('menuitem', { name: 'Sign out' }).count()).toBe(0)
  await page.keyboard.press('Escape')

  // The page learns that there is a key, where it is and how it ends, and no more.
  const view = await page.evaluate("window.codexGateway.call('upstreams.get', {})")
  expect(view).toMatchObject({
    ok: true,
    data: { key: { isSet: true, lastFour: 'QWER', keptIn: 'OS keychain' } },
  })
  expect(JSON.stringify(view)).not.toContain(UPSTREAM_KEY)

  // Somebody else's program, with a key that the operator made in the window.
  const secret = await page.evaluate(`(async () => {
    const { call } = window.codexGateway
    const me = await call('me.get', {})
    await call('users.adjustBalance', { userId: me.data.id, amountNanoUsd: 1_000_000_000, note: 'first' })
    return (await call('keys.create', { name: 'laptop' })).data.secret
  })()`)
  await page.evaluate(`location.href = '/admin/usage'`)
  await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor()
  const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: String(secret), maxRetries: 0 })
  const begin = (content: string) =>
    client.chat.completions.create({ model: MODEL, stream: true, messages: [{ role: 'user', content }] })
  const rows = page.getByRole('row').filter({ hasText: MODEL })
  expect(await textOf(await begin('Hello'))).not.toBe('')
  await rows.first().waitFor()
  expect(await rows.count()).toBe(1)
  await takeAllPictures(page, 'first-row')

  // One is in flight. To stop means that nobody new comes in, and that it ends as if nothing were.
  const running = await begin('[[demo:delay=40]] [[demo:tokens=100]]')
  const whole = textOf(running)
  await expect.poll(async () => (await seen(app)).items).toMatchObject({ inFlight: '1 request running' })
  await answerNext(app, DRAIN)
  await click(app, 'stop')
  await expect.poll(async () => (await seen(app)).toolTip).toBe('Codex Gateway · Stopping')
  await expect(begin('Me too')).rejects.toThrow()
  expect((await whole).length).toBeGreaterThan(100)
  await expect.poll(async () => (await seen(app)).toolTip).toBe('Codex Gateway · Stopped')

  await app.inMain(({ app: electronApp }) => electronApp.quit())
  expect(await app.exited).toBe(0)
  await expect(fetch(address)).rejects.toThrow()
  expect(filesWith(app.dataDir, UPSTREAM_KEY)).toEqual([])
  expect(app.printed()).not.toContain(UPSTREAM_KEY)
  if (process.platform !== 'win32') expect(openToOthers(app.dataDir)).toEqual([])

  const next = startDesktop({ env, dataDir: app.dataDir })
  const nextPage = await next.page()
  await nextPage.getByRole('button', { name: `Account: ${ADMIN.email}` }).waitFor()
  expect(await nextPage.evaluate("window.codexGateway.call('upstreams.get', {})")).toMatchObject({
    data: { isConfigured: true, key: { lastFour: 'QWER' } },
  })
})

interface Choice {
  readonly delta: { readonly content?: string | null }
  readonly finish_reason: string | null
}

const addressIn = (log: string): string => /"address":"([^"]+)"/.exec(log)?.[1] ?? ''

/** Files of the data folder, the browser's own among them, that hold the text. */
const filesWith = (dir: string, text: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text))

/** What anybody but its owner could read or write: database, logs, preferences, the browser's own files. */
const openToOthers = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0)

async function textOf(stream: AsyncIterable<{ readonly choices: readonly Choice[] }>): Promise<string> {
  let text = ''
  let reason: string | null = null
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? ''
    reason = choices[0]?.finish_reason ?? reason
  }
  // An answer that broke off has no reason to have ended.
  expect(reason).not.toBeNull()
  return text
}
