// Starts that go wrong: each says why and ends, and a file that somebody damaged changes nothing that was not chosen.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { issueAuthority, issueLeaf } from '../../server/tls/certificates.ts'
import { addressOf, dataDirWith, newDataDir, setUpDemo, startDesktop } from './desktop-app.ts'
import { desktopJourney, packagedJourney } from './desktop-journey.ts'
import { ask } from './tray-hand.ts'

const QUIT = 2

desktopJourney('an app that cannot start says why and ends, and does not stay without a window', async () => {
  const dataDir = dataDirWith({})
  // Something else lies where the log files go.
  writeFileSync(join(dataDir, 'logs'), '')
  const app = startDesktop({ dataDir, language: 'zh-CN' })
  expect(await app.exited).toBe(1)
  expect(app.printed()).toContain('Codex Gateway 无法启动')
  expect(app.printed()).toContain(join(dataDir, 'logs'))

  // Nor does one that has no place for its own files take itself for a second one.
  const placeless = newDataDir()
  writeFileSync(join(placeless, 'desktop'), '')
  const silent = startDesktop({ dataDir: placeless })
  expect(await silent.exited).toBe(1)
  expect(silent.printed()).toContain(join(placeless, 'desktop'))

  const misspelt = startDesktop({ env: { CODEX_GATEWAY_PORT: 'eighty' } })
  expect(await misspelt.exited).toBe(1)
  expect(misspelt.printed()).toMatch(/Codex Gateway cannot start: .*CODEX_GATEWAY_PORT/)
})

desktopJourney('a defect is logged and told of, and the app ends with what ran in its books', async () => {
  const app = startDesktop({ dataDir: dataDirWith({}) })
  const secret = await setUpDemo(await app.page())
  const answer = await ask(addressOf(app), secret, '[[demo:delay=50]] [[demo:tokens=2000]]')
  const ended = answer.text().catch(() => 'cut')
  await app.inMain(() => {
    process.prependListener('exit', () => process.emit('uncaughtException', new Error('and not of the end')))
    setTimeout(() => Promise.reject(new Error('nobody thought of this')))
  })
  expect(await app.exited).toBe(1)
  await ended
  expect(app.printed()).toContain('Codex Gateway has to end')
  const logs = join(app.dataDir, 'logs')
  const log = readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .join('')
  expect(log).toContain('nobody thought of this')
  // What the app had to say last is written as well.
  expect(log).toContain('and not of the end')

  const next = startDesktop({ dataDir: app.dataDir })
  const page = await next.page()
  const rows = (name: string) =>
    page.evaluate(`window.codexGateway.call('${name}', {}).then(({ data }) => data.rows)`)
  expect([await rows('holds.list'), await rows('losses.list')]).toEqual([[], []])
  expect(await rows('usage.list')).toHaveLength(1)
})

desktopJourney('damaged preferences are the defaults again, each by itself, and open nothing', async () => {
  const dataDir = dataDirWith({
    window: { x: 1e12, y: 0, width: 1e15, height: 700, isMaximized: 'no' },
    port: '8080; rm',
    isOpenToNetwork: 'yes',
    theme: { ['__proto__']: 'dark' },
    language: 5,
  })
  const app = startDesktop({ dataDir })
  await app.page()
  expect(
    await app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds()),
  ).toMatchObject({
    width: 1280,
    height: 820,
  })
  expect(addressOf(app)).toMatch(/^http:\/\/127\.0\.0\.1:/)

  // Not even JSON: nobody has chosen a file for secrets any more, and so it asks.
  const broken = newDataDir()
  mkdirSync(join(broken, 'desktop'))
  writeFileSync(join(broken, 'desktop', 'preferences.json'), '{')
  expect(await startDesktop({ dataDir: broken, dialogAnswers: [QUIT] }).exited).toBe(0)
})

desktopJourney('preferences that cannot be written end nothing, and hold while the app runs', async () => {
  const app = startDesktop({ dataDir: dataDirWith({}) })
  await app.page()
  // Nothing can be put in the place of a folder that is not empty.
  const file = join(app.dataDir, 'desktop', 'preferences.json')
  rmSync(file, { force: true })
  mkdirSync(join(file, 'in-the-way'), { recursive: true })
  await app.inMain(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    setTimeout(() => window?.setBounds({ x: 60, y: 50, width: 1300, height: 800 }))
    setTimeout(() => window?.close(), 10)
  })
  const isVisible = () => app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
  await expect.poll(isVisible).toBe(false)
  expect((await fetch(`${addressOf(app)}/v1/models`)).status).toBe(401)
  await expect.poll(app.printed).toContain('the preferences could not be written')
})

packagedJourney("an upstream that the system's authorities vouch for is believed, and no other", async () => {
  const issue = { nowMs: Date.now(), randomBytes }
  const authority = issueAuthority({ ...issue, name: 'A company', permittedNames: [], key: undefined })
  const leaf = issueLeaf({
    ...issue,
    authority: { ...authority, name: 'A company' },
    name: 'A proxy',
    subjects: ['127.0.0.1'],
  })
  const upstream = createServer({ cert: leaf.certificate, key: leaf.key }, (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"object":"list","data":[{"id":"m"}]}'),
  )
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void upstream.close())
  const baseUrl = `https://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`
  // What this system trusts is what these variables say.
  const list = join(newDataDir(), 'system.pem')
  writeFileSync(list, authority.certificate)
  const test = async (env: Readonly<Record<string, string>>) => {
    const page = await startDesktop({ dataDir: dataDirWith({}), env }).page()
    return page.evaluate(
      `window.codexGateway.call('upstreams.test', { kind: 'openai', baseUrl: '${baseUrl}', apiKey: 'sk-x' }).then(({ data }) => data)`,
    )
  }
  expect(await test({})).toMatchObject({ isWorking: false, problem: { code: 'tls_untrusted' } })
  expect(await test({ SSL_CERT_FILE: list, SSL_CERT_DIR: '/var/empty' })).toMatchObject({ isWorking: true })
})
