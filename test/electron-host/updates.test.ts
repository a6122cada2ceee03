// The app replaced by a newer one: a package that was built with a feed, which a server on this machine stands for, and a file
// that says which way it was started.
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { dataDirWith, newDataDir, setUpDemo, startDesktop, takeAllPictures } from './desktop-app.ts'
import { packagedJourney } from './desktop-journey.ts'
import { answerNext, ask, calls, click, seen } from './tray-hand.ts'

const CUT = 1
const STAY = 2

interface Feed {
  readonly url: string
  readonly asked: string[]
  /** Undefined: the feed is empty. */
  publish(version: string | undefined, damage?: string): void
}

async function startFeed(file: string): Promise<Feed> {
  let newest: string | undefined
  let damage = ''
  const asked: string[] = []
  const sha512 = createHash('sha512').update(file).digest('base64')
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://feed')
    asked.push(pathname)
    const name = `codex-gateway-${newest}.AppImage`
    if (newest === undefined) return response.writeHead(404).end()
    if (pathname === `/${name}`) return response.end(file + damage)
    response.end(
      `version: ${newest}\nfiles:\n  - url: ${name}\n    sha512: ${sha512}\n    size: ${file.length}\npath: ${name}\nsha512: ${sha512}\nreleaseDate: '2026-11-26T00:00:00.000Z'\n`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    publish(version, broken = '') {
      newest = version
      damage = broken
    },
  }
}

/** An app that lies in an AppImage and was built with the feed. */
function packageWith(feed: string, home: string) {
  const resources = join(home, 'resources')
  mkdirSync(resources)
  writeFileSync(
    join(resources, 'app-update.yml'),
    `provider: generic\nurl: ${feed}\nupdaterCacheDirName: codex-gateway-updater\n`,
  )
  const image = join(home, 'Codex Gateway.AppImage')
  writeFileSync(image, 'old')
  chmodSync(image, 0o755)
  const env = { ELECTRON_HOST_RESOURCES: resources, APPIMAGE: image, XDG_CACHE_HOME: join(home, 'cache') }
  return { image, env }
}

/** What the downloaded file does when it is started: it leaves word of how. */
const newApp = (word: string) =>
  `#!/bin/sh\necho "\${APPIMAGE_EXIT_AFTER_INSTALL:-started}" > '${word}.tmp'\nmv '${word}.tmp' '${word}'\n`

packagedJourney(
  'an update is downloaded, told of once, and put in place after requests have ended',
  async () => {
    const home = newDataDir()
    const word = join(home, 'word')
    const feed = await startFeed(newApp(word))
    const { image, env } = packageWith(feed.url, home)
    const dataDir = dataDirWith({})
    const app = startDesktop({ dataDir, env })
    const page = await app.page()
    const secret = await setUpDemo(page)
    const address = /"address":"([^"]+)"/.exec(app.printed())?.[1] ?? ''
    const update = () =>
      page.evaluate(`window.codexGateway.call('desktop.get', {}).then(({ data }) => data.update)`)

    // It looks at its start, and says in one line what was wrong.
    await expect
      .poll(update)
      .toMatchObject({ kind: 'failed', message: expect.stringContaining('latest-linux.yml') })
    await page.evaluate(`location.href = '/admin/settings?part=computer'`)
    await page.getByText('Updates could not be looked for').waitFor()
    await takeAllPictures(page, 'update-failed')

    // What is not what the feed names is not kept.
    feed.publish('9.9.9', 'x')
    await page.getByRole('button', { name: 'Check for updates' }).click()
    await expect
      .poll(update)
      .toMatchObject({ kind: 'failed', message: expect.stringContaining('checksum mismatch') })

    feed.publish('0.0.1')
    await click(app, 'update')
    await expect.poll(update).toMatchObject({ kind: 'newest' })
    await expect
      .poll(async () => JSON.stringify(await calls(app, 'dialog.showMessageBox')))
      .toContain('is the newest one')

    feed.publish('9.9.9')
    await click(app, 'update')
    await expect.poll(update).toEqual({ kind: 'ready', version: '9.9.9' })
    await page.getByRole('button', { name: 'Restart to update' }).waitFor()
    await takeAllPictures(page, 'update-ready')
    const told = async () =>
      ((await calls(app, 'Notification.show')) as { title: string }[]).map(({ title }) => title)
    await page.evaluate(`window.codexGateway.call('desktop.checkForUpdate', {})`)
    expect(await told()).toEqual(['Version 9.9.9 is ready'])
    expect((await seen(app)).items).toMatchObject({ update: 'Restart to update to 9.9.9' })
    expect(await app.inMain(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('update')?.label)).toBe(
      'Restart to update to 9.9.9',
    )

    // An answer is on its way: whoever wants the update says what becomes of it.
    const stream = await ask(address, secret, '[[demo:delay=50]] [[demo:tokens=2000]]')
    const ended = stream.text().catch(() => 'cut')
    await expect.poll(async () => (await seen(app)).items).toMatchObject({ inFlight: '1 request running' })
    await answerNext(app, STAY)
    await page.getByRole('button', { name: 'Restart to update' }).click()
    await expect
      .poll(async () => JSON.stringify(await calls(app, 'dialog.showMessageBox')))
      .toContain('1 request is running')
    expect([existsSync(word), readFileSync(image, 'utf8')]).toEqual([false, 'old'])
    await answerNext(app, CUT)
    await click(app, 'update')
    expect(await app.exited).toBe(0)
    await ended
    await expect.poll(() => existsSync(word)).toBe(true)
    expect([readFileSync(word, 'utf8'), readFileSync(image, 'utf8')]).toEqual(['started\n', newApp(word)])
  },
)

packagedJourney(
  'quitting installs what is ready; an app that may not look, or has nowhere to, does not',
  async () => {
    const home = newDataDir()
    const word = join(home, 'word')
    const feed = await startFeed(newApp(word))
    const { image, env } = packageWith(feed.url, home)
    feed.publish('9.9.9')
    const dataDir = dataDirWith({ looksForUpdates: false })
    const switches = ['remote-debugging-port', 'remote-debugging-pipe']
    const app = startDesktop({ dataDir, env, args: switches.map((name) => `--${name}=9222`) })
    const page = await app.page()
    // A package lets no debugger into its pages, whatever it is started with.
    expect(
      await app.inMain(
        ({ app: { commandLine } }, names) => names.filter((name) => commandLine.hasSwitch(name)),
        switches,
      ),
    ).toEqual([])
    const view = () =>
      page.evaluate(`window.codexGateway.call('desktop.get', {}).then(({ data }) => data.update.kind)`)
    expect([await view(), feed.asked]).toEqual(['idle', []])
    await click(app, 'update')
    await expect.poll(view).toBe('ready')
    await click(app, 'quit')
    expect(await app.exited).toBe(0)
    expect([readFileSync(word, 'utf8'), readFileSync(image, 'utf8')]).toEqual(['true\n', newApp(word)])

    // One that is ready is not put in place while the system goes down, which would cut that off.
    writeFileSync(image, 'old')
    const hurried = startDesktop({ dataDir: dataDirWith({}), env })
    const kind = async () => JSON.stringify((await seen(hurried)).items)
    await expect.poll(kind).toContain('Restart to update')
    await hurried.inMain(({ powerMonitor }) => void powerMonitor.emit('shutdown'))
    expect([await hurried.exited, readFileSync(image, 'utf8')]).toEqual([0, 'old'])

    const without = startDesktop({ dataDir, env: { APPIMAGE: image } })
    await without.page()
    expect((await seen(without)).items).not.toHaveProperty('update')
  },
)
