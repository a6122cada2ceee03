// Every line that keeps a page from harming the machine or the gateway, tried as an attacker would who has got a script or a
// link into the console.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { addressOf, dataDirWith, startDesktop } from './desktop-app.ts'
import { desktopJourney } from './desktop-journey.ts'
import { click } from './tray-hand.ts'

desktopJourney('a script in the page has the bridge and nothing else', async () => {
  const app = startDesktop({ dataDir: dataDirWith({}) })
  const page = await app.page()
  const statuses = new Map<string, number>()
  page.on('response', (response) => statuses.set(new URL(response.url()).pathname, response.status()))

  expect(
    await page.evaluate(`({
      nodeIsThere: [typeof require, typeof process, typeof module, typeof Buffer],
      bridge: Object.keys(window.codexGateway),
      isFrozen: Object.isFrozen(window.codexGateway),
      hostBinding: typeof window.electronHostBinding,
      isSecure: isSecureContext,
    })`),
  ).toEqual({
    nodeIsThere: ['undefined', 'undefined', 'undefined', 'undefined'],
    bridge: ['call', 'subscribe'],
    isFrozen: true,
    hostBinding: 'undefined',
    isSecure: true,
  })

  // The policy: no inline script, no eval, no connection, not even to the gateway itself.
  expect(
    await page.evaluate(`(async () => {
      const script = document.createElement('script')
      script.textContent = 'window.inlineRan = true'
      document.body.append(script)
      const name = (attempt) => attempt().then(() => 'done', (error) => error.name)
      return [
        window.inlineRan,
        await name(() => fetch('/admin/index.html')),
        await name(() => fetch('http://127.0.0.1:8080/healthz')),
        // In a turn of its own: what a debugger evaluates is allowed more until its first one ends.
        await name(() => new Promise((next) => setTimeout(next)).then(() => new Function('return 1')())),
      ]
    })()`),
  ).toEqual([undefined, 'TypeError', 'TypeError', 'EvalError'])

  // Paths out of the console's folder; the last one shows that the way of asking works.
  const paths = [
    '/admin/..%2f..%2f..%2fpackage.json',
    '/admin/%2e%2e/%2e%2e/package.json',
    '/etc/passwd',
    '/admin/build-id',
    '/admin/appearance.js',
  ]
  for (const path of paths) {
    await page.evaluate(
      `new Promise((done) => { const image = new Image(); image.onload = image.onerror = done; image.src = ${JSON.stringify(path)} })`,
    )
  }
  expect(paths.map((path) => statuses.get(new URL(path, page.url()).pathname))).toEqual([
    404, 404, 404, 404, 200,
  ])

  expect(
    await page.evaluate(`(async () => {
      const name = (attempt) => attempt.then(() => 'done', (error) => error.name)
      return [
        (await navigator.permissions.query({ name: 'geolocation' })).state,
        Notification.permission,
        await name(navigator.mediaDevices.getUserMedia({ video: true })),
        await name(navigator.clipboard.readText()),
        await name(navigator.clipboard.writeText('an address')),
      ]
    })()`),
  ).toEqual(['denied', 'denied', 'NotAllowedError', 'NotAllowedError', 'done'])
})

desktopJourney('a page goes nowhere, opens nothing, and hands only known links to the browser', async () => {
  const app = startDesktop({ dataDir: dataDirWith({}) })
  const page = await app.page()
  const opened = () =>
    app.inMain(({ recorded }) =>
      recorded.calls.filter(({ api }) => api === 'shell.openExternal').map(({ args }) => args[0]),
    )
  const denied = () =>
    app.inMain(({ recorded }) =>
      recorded.calls.filter(({ api }) => api === 'webContents.navigationDenied').map(({ args }) => args[0]),
    )
  const address = /"address":"([^"]+)"/.exec(app.printed())?.[1]

  const away = ['https://evil.invalid/a', 'https://platform.openai.com.evil.invalid/', 'http://127.0.0.1:1/']
  for (const url of away) {
    await page.evaluate(`location.href = ${JSON.stringify(url)}`)
    await expect.poll(denied).toContain(url)
  }
  for (const url of [...away, 'file:///etc/passwd', 'ms-settings:', 'https://x@platform.openai.com/']) {
    expect(await page.evaluate(`window.open(${JSON.stringify(url)})`)).toBeNull()
  }
  await page.evaluate(`window.open('https://platform.openai.com/api-keys')`)
  await page.evaluate(`location.href = '/keys'`)
  await expect.poll(opened).toEqual(['https://platform.openai.com/api-keys', `${address}/keys`])

  // A frame put into the page neither loads nor speaks.
  await page.evaluate(
    `document.body.append(Object.assign(document.createElement('iframe'), { src: '/admin' }))`,
  )
  await expect.poll(() => page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/')
  const webview = await app.inMain(({ BrowserWindow }) => {
    let isPrevented = false
    const event = {
      preventDefault: () => {
        isPrevented = true
      },
    }
    BrowserWindow.getAllWindows()[0]?.webContents.emit('will-attach-webview', event)
    return isPrevented
  })
  expect(webview).toBe(true)
  expect(page.context().pages()).toHaveLength(1)
  await page.getByRole('heading', { level: 1, name: 'Set up your gateway' }).waitFor()
})

/** Somebody who listens for what a page lets out. */
async function startListener(): Promise<{ readonly url: string; readonly heard: string[] }> {
  const heard: string[] = []
  const server = createServer(({ url = '' }, response) => {
    heard.push(url)
    response.writeHead(200, { 'content-disposition': 'attachment' }).end('x')
  })
  server.on('connection', () => heard.push('connection'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard }
}

desktopJourney(
  'a script in the page tells nobody what it reads, and saves nothing but what the page made',
  async () => {
    const app = startDesktop({ dataDir: dataDirWith({}) })
    const page = await app.page()
    const { url, heard } = await startListener()
    await app.inMain(({ session, recorded }) => {
      session.defaultSession.on('will-download', (event, item) => {
        // Once the app's own listeners have been asked.
        recorded.calls.push({ api: 'download', args: [item.getURL().slice(0, 19), event.defaultPrevented] })
      })
    })
    await page.evaluate(`(async () => {
    const add = (name, members) => document.body.append(Object.assign(document.createElement(name), members))
    add('link', { rel: 'preconnect', href: '${url}' })
    add('link', { rel: 'prefetch', href: '${url}/prefetch' })
    add('img', { src: '${url}/image' })
    navigator.sendBeacon('${url}/beacon', 'secret')
    for (const make of [() => new WebSocket('${url.replace('http', 'ws')}/socket'), () => new EventSource('${url}/events')])
      try { make() } catch {}
    const save = (href) => Object.assign(document.createElement('a'), { href, download: 'a.txt' }).click()
    for (const href of ['${url}/download?secret', 'data:text/plain,secret', URL.createObjectURL(new Blob(['codes']))]) {
      save(href)
      await new Promise((next) => setTimeout(next, 300))
    }
  })()`)
    const downloads = () =>
      app.inMain(({ recorded }) =>
        recorded.calls.filter(({ api }) => api === 'download').map(({ args }) => args),
      )
    await expect.poll(downloads).toContainEqual(['blob:app://console/', false])
    expect(await downloads()).toContainEqual(['data:text/plain,sec', true])
    expect(heard).toEqual([])
    expect(
      await app.inMain(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.getWebRTCIPHandlingPolicy(),
      ),
    ).toBe('disable_non_proxied_udp')
  },
)

desktopJourney('only the top frame of the console is listened to, on the only channel', async () => {
  const app = startDesktop({ dataDir: dataDirWith({}) })
  await app.page()
  expect(await app.inMain(({ ipc }) => ipc.channels())).toEqual(['codex-gateway'])
  const as = (senderFrame: object | null, name = 'setup.status', input: unknown = {}) =>
    app.inMain(
      ({ ipc }, asked) =>
        ipc
          .invoke({ senderFrame: asked.senderFrame }, 'codex-gateway', [asked.name, asked.input])
          .catch((error: Error) => error.message),
      { senderFrame, name, input },
    )
  const ours = { url: 'app://console/admin', origin: 'app://console', parent: null }
  expect(await as(ours)).toMatchObject({ ok: true, data: { isDone: false, isTokenRequired: false } })
  for (const frame of [
    null,
    { ...ours, parent: ours },
    { ...ours, origin: 'https://evil.invalid' },
    { ...ours, url: 'https://evil.invalid/' },
    { ...ours, url: 'app://console.evil/', origin: 'app://console.evil' },
    { ...ours, url: 'about:blank', origin: 'null' },
  ])
    expect(await as(frame)).toBe('Refused.')
  // Refused before it is read: a stranger does not learn what there is.
  expect(await as(null, 'no.such')).toBe('Refused.')
  expect(await as(ours, 'no.such')).toMatchObject({ error: { code: 'operation_not_found' } })
  expect(await as(ours, 'desktop.noteAppearance', { theme: 'pink' })).toMatchObject({
    error: { code: 'invalid_input' },
  })
  expect(await as(ours, 'users.list')).toMatchObject({ error: { code: 'unauthenticated' } })

  // Names and arguments that are of no schema: refused whole, and nothing of them stays behind.
  for (const name of ['__proto__', 'constructor', 'desktop.', 'desktop.toString', 'x'.repeat(1_000_000)])
    expect(await as(ours, name)).toMatchObject({ ok: false, error: { code: 'operation_not_found' } })
  const refused = await app.inMain(async ({ ipc }, senderFrame) => {
    const ask = (name: unknown, input: unknown) =>
      ipc
        .invoke({ senderFrame }, 'codex-gateway', [name, input])
        .then((answer) => (answer as { error?: { code: string } }).error?.code, String)
    const polluting = JSON.parse('{ "__proto__": { "isPaused": true } }')
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)
    const codes = [
      await ask('desktop.pause', polluting),
      await ask('desktop.codexProfile', { model: 'x'.repeat(5_000_000) }),
      await ask('desktop.saveCsv', { file: 'users.csv', query: { search: deep } }),
      await ask('setup.status', deep),
      await ask({ toString: 'no function' }, {}),
    ]
    return { codes, isPolluted: 'isPaused' in {} }
  }, ours)
  expect(refused).toEqual({
    codes: [...Array(4).fill('invalid_input'), expect.stringContaining('TypeError')],
    isPolluted: false,
  })
})

desktopJourney('one instance, one window, and a gateway that outlives both', async () => {
  const app = startDesktop({ dataDir: dataDirWith({}) })
  await app.page()
  const address = addressOf(app)
  const isVisible = () => app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())

  await expect.poll(isVisible).toBe(true)
  await app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await expect.poll(isVisible).toBe(false)
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  // The system's start at login, which comes late where somebody was quicker, asks for no window.
  await app.inMain(({ app: main }) => {
    main.once('second-instance', (_event, argv) => Object.assign(globalThis, { lateStart: argv }))
  })
  expect(await app.startAgain(['--hidden'])).toBe(0)
  await expect.poll(() => app.inMain(() => Reflect.get(globalThis, 'lateStart'))).toContain('--hidden')
  expect(await isVisible()).toBe(false)
  expect(await app.startAgain()).toBe(0)
  await expect.poll(isVisible).toBe(true)

  await app.inMain(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  )
  const loads = () =>
    app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())
  await expect.poll(loads).toBe('app://console/setup')
  // One that crashes again and again is let go, and comes back when somebody asks for it.
  const crashAgain = () =>
    app.inMain(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      window?.webContents.emit('render-process-gone', {}, { reason: 'oom', exitCode: 1 })
      return window !== undefined
    })
  await expect.poll(crashAgain).toBe(false)
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  await click(app, 'openConsole')
  await expect.poll(loads).toBe('app://console/setup')
  await app.inMain(({ app: electronApp }) => electronApp.quit())
  expect(await app.exited).toBe(0)
})
