// The tray: what it says of the gateway, and what its items do, while somebody's answer is streaming.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
  dataDirWith,
  newDataDir,
  setUpDemo,
  startDesktop,
  takeAllPictures,
  takenPort,
  takePicture,
} from './desktop-app.ts'
import { desktopJourney } from './desktop-journey.ts'
import { answerNext, ask, calls, click, seen } from './tray-hand.ts'

const NEXT_PORT = 0
const CUT = 1
const STAY = 2

desktopJourney('the tray shows and steers the gateway, and asks before it cuts anybody off', async () => {
  const port = await takenPort()
  const dataDir = dataDirWith({ port })
  const preferencesFile = join(dataDir, 'desktop', 'preferences.json')
  const home = newDataDir()
  const app = startDesktop({
    dataDir,
    dialogAnswers: [NEXT_PORT],
    env: { CODEX_GATEWAY_PORT: '', XDG_CONFIG_HOME: home },
  })

  const page = await app.page()
  const [asked] = (await calls(app, 'dialog.showMessageBox')) as { message: string; buttons: string[] }[]
  expect(asked?.message).toBe(`Port ${port} is in use by node (process ${process.pid})`)
  const next = Number(/\d+/.exec(asked?.buttons[0] ?? '')?.[0])
  expect(next).toBeGreaterThan(port)
  expect(JSON.parse(readFileSync(preferencesFile, 'utf8')).port).toBe(next)
  const address = `http://127.0.0.1:${next}`
  expect(await seen(app)).toMatchObject({
    icon: 'running.png',
    toolTip: `Codex Gateway · Running at ${address}`,
    items: { state: `Running at ${address}`, inFlight: 'No requests running', stop: 'Stop gateway' },
  })

  await click(app, 'copyAddress')
  expect(await app.inMain(({ clipboard }) => clipboard.readText())).toBe(`${address}/v1`)
  await click(app, 'openPortal')
  expect(await calls(app, 'shell.openExternal')).toEqual([address])
  await app.inMain(({ shell }) => {
    Object.assign(shell, { openExternal: () => Promise.reject(new Error('there is none')) })
  })
  await answerNext(app, 0)
  await click(app, 'openPortal')
  await expect
    .poll(async () => (await calls(app, 'dialog.showMessageBox')).at(-1))
    .toMatchObject({ message: 'No browser could be opened', detail: address })
  await click(app, 'startAtLogin')
  const autostart = join(home, 'autostart', 'codex-gateway.desktop')
  expect(readFileSync(autostart, 'utf8')).toContain('--hidden')
  await click(app, 'startAtLogin')
  expect(existsSync(autostart)).toBe(false)
  // A system that does not take it says so, and the item is not ticked.
  rmSync(join(home, 'autostart'), { recursive: true })
  writeFileSync(join(home, 'autostart'), '')
  await click(app, 'startAtLogin')
  await expect
    .poll(async () => (await calls(app, 'dialog.showMessageBox')).at(-1))
    .toMatchObject({ message: 'Start at login could not be changed' })
  const isTicked = () => app.inMain(({ trays }) => trays[0]?.menu?.getMenuItemById('startAtLogin')?.checked)
  expect(await isTicked()).toBe(false)

  // Asked about itself it has a name, a version and a picture: the system knows none of them.
  const [about] = (await calls(app, 'app.setAboutPanelOptions')) as Electron.AboutPanelOptionsOptions[]
  expect(about).toMatchObject({ applicationName: 'Codex Gateway', applicationVersion: expect.any(String) })
  expect(existsSync(about?.iconPath ?? '')).toBe(true)
  const roles = await app.inMain(({ Menu }) =>
    Menu.getApplicationMenu()?.items.flatMap(
      ({ submenu }) => submenu?.items.map(({ role }) => role?.toLowerCase()) ?? [],
    ),
  )
  expect(roles).toEqual(
    expect.arrayContaining(['about', 'quit', 'copy', 'paste', 'reload', 'zoomin', 'minimize']),
  )

  // Somebody's answer is on its way: the machine stays awake, and what would end the answer asks first.
  const secret = await setUpDemo(page)
  const stream = await ask(address, secret, '[[demo:delay=50]] [[demo:tokens=2000]]')
  const ended = stream.text().catch(() => 'cut')
  await expect.poll(async () => (await seen(app)).items).toMatchObject({ inFlight: '1 request running' })
  expect(await calls(app, 'powerSaveBlocker.start')).toEqual(['prevent-app-suspension'])

  await answerNext(app, STAY)
  await click(app, 'stop')
  await expect.poll(() => calls(app, 'dialog.showMessageBox')).toHaveLength(4)
  expect((await seen(app)).icon).toBe('running.png')

  await click(app, 'pause')
  const paused = await ask(address, secret, 'Hello')
  expect([paused.status, paused.headers.get('retry-after')]).toEqual([503, '30'])
  expect(await paused.json()).toMatchObject({ error: { code: 'gateway_paused' } })
  expect((await seen(app)).items).toMatchObject({ state: `New requests are paused at ${address}` })
  await click(app, 'pause')
  expect((await ask(address, secret, 'Hello')).status).toBe(200)

  // The window changes its language, and the menus with it.
  await page.evaluate(`localStorage.setItem('codex-gateway.language', 'zh-CN'); location.href = '/admin'`)
  await expect
    .poll(async () => (await seen(app)).items)
    .toMatchObject({ stop: '停止网关', quit: '退出 Codex Gateway' })
  expect(
    await app.inMain(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('menuConsole')?.label),
  ).toBe('打开控制台')

  await page.getByRole('link', { name: '用户' }).waitFor()
  await answerNext(app, CUT)
  await click(app, 'stop')
  await ended
  await expect
    .poll(() => seen(app))
    .toMatchObject({
      icon: 'stopped.png',
      toolTip: 'Codex Gateway · 已停止',
      items: { start: '启动网关' },
      enabled: ['openConsole', 'start', 'openToNetwork', 'startAtLogin', 'quit'],
    })
  // The window says so, and comes back by itself.
  expect(await page.evaluate(`window.codexGateway.call('me.get', {}).catch(() => 'offline')`)).toBe('offline')
  await page.getByRole('heading', { name: '网关已停止' }).waitFor()
  await takePicture(page, 'gateway-stopped')
  await click(app, 'start')
  await expect.poll(async () => (await seen(app)).icon).toBe('running.png')
  await page.getByRole('link', { name: '用户' }).click()
  await page.getByRole('cell', { name: 'ada@example.test', exact: true }).waitFor()

  // Quitting asks as well, and somebody may rather stay.
  const last = await ask(address, secret, '[[demo:delay=50]] [[demo:tokens=2000]]')
  const cut = last.text().catch(() => 'cut')
  await expect.poll(async () => (await seen(app)).items).toMatchObject({ inFlight: '1 个请求正在进行' })
  await answerNext(app, STAY)
  await click(app, 'quit')
  await expect
    .poll(async () => (await calls(app, 'dialog.showMessageBox')).at(-1))
    .toMatchObject({ message: '1 个请求正在进行', buttons: ['等待完成', '立即中断', '继续运行'] })
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  await answerNext(app, CUT)
  await click(app, 'quit')
  expect(await app.exited).toBe(0)
  expect(await cut).not.toContain('[DONE]')
})

desktopJourney(
  'letting other machines in is a matter of one item, and keys are asked for there too',
  async () => {
    const app = startDesktop({ dataDir: dataDirWith({}) })
    const page = await app.page()
    const secret = await setUpDemo(page)
    const network = () =>
      page.evaluate(`window.codexGateway.call('settings.get', {}).then(({ data }) => data.network.host)`)
    expect(await network()).toBe('127.0.0.1')
    await click(app, 'openToNetwork')
    await expect.poll(() => network().catch(() => 'restarting')).toBe('0.0.0.0')
    const address = ((await seen(app)).items['state'] ?? '').replace('Running at ', '')
    expect((await ask(address, 'sk-cg-none', 'Hello')).status).toBe(401)

    const moveTo = (address: string, event?: 'resume') =>
      app.inMain(
        ({ powerMonitor }, to) => {
          const info = { address: to.address, family: 'IPv4', netmask: '255.255.255.0', internal: false }
          const os = process.getBuiltinModule('node:os')
          Object.assign(os, { networkInterfaces: () => ({ eth7: [info] }) })
          process.getBuiltinModule('node:module').syncBuiltinESMExports()
          if (to.event !== undefined) powerMonitor.emit(to.event)
        },
        { address, event },
      )
    // The machine is moved into another network while everything runs.
    await page.evaluate(`location.href = '/admin/connect'`)
    await page.getByRole('heading', { name: 'Connect', exact: true }).waitFor()
    await moveTo('192.168.77.7')
    const moved = address.replace('127.0.0.1', '192.168.77.7')
    await expect
      .poll(async () => (await seen(app)).items)
      .toMatchObject({ networkAddress: `Other machines: ${moved}` })
    await page.getByText(`${moved}/v1`).first().waitFor()
    await takeAllPictures(page, 'connect')
    await takeAllPictures(page, 'firewall', page.getByText('ufw allow'))
    await click(app, 'copyAddress')
    expect(await app.inMain(({ clipboard }) => clipboard.readText())).toBe(`${moved}/v1`)

    // Over HTTPS it is the same address with another scheme, and the certificate holds for it.
    await page.evaluate(`window.codexGateway.call('settings.update', { https: 'beside_http' })`)
    const secure = moved.replace('http:', 'https:')
    await expect
      .poll(async () => (await seen(app)).items)
      .toMatchObject({ networkAddress: `Other machines: ${secure}` })
    await page.getByText(`${secure}/v1`).first().waitFor()
    await page.getByRole('heading', { name: 'Trust this gateway' }).waitFor()
    await takeAllPictures(page, 'trust', page.getByText('CODEX_CA_CERTIFICATE'))
    const leaf = await page.evaluate(
      `window.codexGateway.call('https.get', {}).then(({ data }) => data.leaf)`,
    )
    expect(leaf).toMatchObject({ subjects: expect.arrayContaining(['192.168.77.7']) })
    await page.evaluate(`window.codexGateway.call('settings.update', { https: 'off' })`)

    // It falls asleep there, and wakes up somewhere else.
    await moveTo('192.168.88.8', 'resume')
    await expect
      .poll(async () => (await seen(app)).items)
      .toMatchObject({ networkAddress: `Other machines: ${address.replace('127.0.0.1', '192.168.88.8')}` })

    // What needs the operator is told once, however often it happens.
    await page.evaluate(`window.codexGateway.call('settings.update', { lowBalanceNanoUsd: 1_000_000_000 })`)
    for (const prompt of ['Hello', 'Hello again', '[[demo:error=401]]', '[[demo:error=401]]'])
      await (await ask(address, secret, prompt)).text()
    const told = async () =>
      ((await calls(app, 'Notification.show')) as { title: string }[]).map(({ title }) => title)
    await expect.poll(told).toEqual(['A balance is running low', 'The upstream does not answer as it should'])
    await click(app, 'openToNetwork')
    await expect.poll(() => network().catch(() => 'restarting')).toBe('127.0.0.1')

    // What the business is run by has gone through two starts, and stands in no file of the app.
    expect(
      await page.evaluate(
        `window.codexGateway.call('settings.get', {}).then(({ data }) => data.lowBalanceNanoUsd)`,
      ),
    ).toBe(1_000_000_000)
    expect(
      Object.keys(
        JSON.parse(readFileSync(join(app.dataDir, 'desktop', 'preferences.json'), 'utf8')),
      ).toSorted(),
    ).toEqual(['isOpenToNetwork', 'language', 'looksForUpdates', 'port', 'secretPlace', 'theme', 'window'])
  },
)
