// How the app lives beside the machine it runs on: a start at login, sleep, a shutdown, and a crash in the middle of an answer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
  addressOf,
  type DesktopApp,
  dataDirWith,
  setUpDemo,
  startDesktop,
  takeAllPictures,
  takePicture,
} from './desktop-app.ts'
import { desktopJourney } from './desktop-journey.ts'
import { answerNext, ask, calls, click, seen } from './tray-hand.ts'

const DRAIN = 0
const CUT = 1
const WAIT = 0
const LONG = '[[demo:delay=50]] [[demo:tokens=2000]]'

const power = (app: DesktopApp, what: 'suspend' | 'resume' | 'shutdown') =>
  app.inMain(({ powerMonitor }, event) => {
    let isPrevented = false
    powerMonitor.emit(event, {
      preventDefault: () => {
        isPrevented = true
      },
    })
    return isPrevented
  }, what)

/** A streamed answer that has begun; `ended` resolves to whether it came to its end. */
async function stream(app: DesktopApp, secret: string): Promise<{ readonly ended: Promise<boolean> }> {
  const answer = await ask(addressOf(app), secret, LONG)
  expect(answer.status).toBe(200)
  const ended = answer.text().then(
    (text) => text.includes('[DONE]'),
    () => false,
  )
  await expect.poll(async () => (await seen(app)).items).toMatchObject({ inFlight: '1 request running' })
  return { ended }
}

desktopJourney(
  'started at login it has no window, sleeps without taking requests in, and shuts down in time',
  async () => {
    const dataDir = dataDirWith({ window: { x: 40, y: 30, width: 1200, height: 760, isMaximized: false } })
    const app = startDesktop({ dataDir, args: ['--hidden'] })
    const windows = () => app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
    await expect.poll(() => addressOf(app)).toMatch(/^http/)
    await expect.poll(async () => (await seen(app)).icon).toBe('running.png')
    expect(await windows()).toBe(0)
    await click(app, 'openConsole')
    const page = await app.page()
    const bounds = () =>
      app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds())
    expect(await bounds()).toEqual({ x: 40, y: 30, width: 1200, height: 760 })
    const secret = await setUpDemo(page)

    // The lid is closed on an answer: nobody new is let in, and afterwards somebody is told.
    const first = await stream(app, secret)
    await power(app, 'suspend')
    // Some systems say it twice.
    await power(app, 'suspend')
    const refused = await ask(addressOf(app), secret, 'Hello')
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: 'gateway_paused' } }])
    await power(app, 'resume')
    expect((await ask(addressOf(app), secret, 'Hello')).status).toBe(200)
    expect(await calls(app, 'Notification.show')).toMatchObject([
      { title: 'The computer slept while 1 request was running' },
    ])

    // Whoever sees it coming is asked what becomes of the answer, and has the gateway back after the sleep.
    await answerNext(app, CUT)
    await click(app, 'stopUntilAwake')
    expect(await first.ended).toBe(false)
    await expect.poll(async () => (await seen(app)).icon).toBe('stopped.png')
    await power(app, 'resume')
    await expect.poll(async () => (await seen(app)).icon).toBe('running.png')

    // What is remembered of the window is where it is left.
    await app.inMain(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      window?.setBounds({ x: 60, y: 50, width: 1300, height: 800 })
      window?.emit('resized')
    })
    // On macOS a window that is closed in full screen leaves that first.
    const wasFull = await app.inMain(({ BrowserWindow }) => {
      const { platform } = process
      Object.defineProperty(process, 'platform', { value: 'darwin' })
      const [window] = BrowserWindow.getAllWindows()
      return new Promise((resolve) => {
        window?.once('hide', () => {
          Object.defineProperty(process, 'platform', { value: platform })
          resolve(window.isFullScreen())
        })
        window?.once('enter-full-screen', () => window.close())
        window?.setFullScreen(true)
      })
    })
    expect(wasFull).toBe(false)
    // A system that goes down asks nobody.
    expect(await power(app, 'shutdown')).toBe(true)
    expect(await app.exited).toBe(0)
    expect(
      JSON.parse(readFileSync(join(dataDir, 'desktop', 'preferences.json'), 'utf8')).window,
    ).toMatchObject({
      x: 60,
      width: 1300,
    })
  },
)

desktopJourney(
  'ended by a signal under a running request, it asks nobody and ends with it in its books',
  async () => {
    const dataDir = dataDirWith({})
    const app = startDesktop({ dataDir })
    const { ended } = await stream(app, await setUpDemo(await app.page()))
    await app.inMain(() => void setTimeout(() => process.kill(process.pid, 'SIGTERM')))
    expect(await app.exited).toBe(0)
    expect(await ended).toBe(false)

    const page = await startDesktop({ dataDir }).page()
    const rows = (name: string) =>
      page.evaluate(`window.codexGateway.call('${name}', {}).then(({ data }) => data.rows)`)
    expect([await rows('holds.list'), await rows('losses.list')]).toEqual([[], []])
    expect(await rows('usage.list')).toHaveLength(1)
  },
)

desktopJourney(
  'while a quit lets an answer finish nothing starts the gateway again, and a second quit may cut it off',
  async () => {
    const dataDir = dataDirWith({})
    const app = startDesktop({ dataDir })
    const page = await app.page()
    const { ended } = await stream(app, await setUpDemo(page))
    const restartIsOffered = () =>
      app.inMain(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('menuRestart')?.enabled)
    const asked = async () => (await calls(app, 'dialog.showMessageBox')).at(-1)
    expect(await restartIsOffered()).toBe(true)
    await page.evaluate(`location.href = '/admin'`)
    await page.getByRole('navigation').first().waitFor()

    await answerNext(app, DRAIN)
    await click(app, 'quit')
    await expect
      .poll(() => seen(app))
      .toMatchObject({
        items: { state: 'Stopping', inFlight: '1 request running', stop: 'Stop without waiting' },
        enabled: expect.not.arrayContaining(['restart']),
      })
    expect(await restartIsOffered()).toBe(false)
    await page.getByRole('button', { name: 'Steer the gateway' }).click()
    await page.getByRole('menuitem', { name: 'Restart gateway' }).waitFor()
    expect(await page.getByRole('menuitem', { name: 'Restart gateway' }).getAttribute('aria-disabled')).toBe(
      'true',
    )
    await takePicture(page, 'gateway-stopping')

    await answerNext(app, WAIT)
    await click(app, 'quit')
    await expect.poll(asked).toMatchObject({
      message: '1 request is still finishing',
      buttons: ['Keep waiting', 'Cut them off'],
      cancelId: WAIT,
    })
    expect((await seen(app)).items).toMatchObject({ state: 'Stopping', inFlight: '1 request running' })
    await answerNext(app, CUT)
    await click(app, 'quit')
    expect(await app.exited).toBe(0)
    expect(await ended).toBe(false)

    const next = await startDesktop({ dataDir }).page()
    const rows = (name: string) =>
      next.evaluate(`window.codexGateway.call('${name}', {}).then(({ data }) => data.rows)`)
    expect([await rows('holds.list'), await rows('losses.list')]).toEqual([[], []])
    // What had come of it is charged.
    const [row, ...others] = (await rows('usage.list')) as {
      errorCode: string
      outputTokens: number
      costNanoUsd: number
    }[]
    expect([row?.errorCode, others]).toEqual(['gateway_stopping', []])
    expect(row?.outputTokens).toBeGreaterThan(0)
    expect(row?.outputTokens).toBeLessThan(2000)
    expect(row?.costNanoUsd).toBeGreaterThan(0)
  },
)

desktopJourney('after a crash the next start has released what was held, and says so', async () => {
  const dataDir = dataDirWith({})
  const app = startDesktop({ dataDir })
  const secret = await setUpDemo(await app.page())
  const { ended } = await stream(app, secret)
  app.kill()
  await Promise.all([app.exited, ended])

  const next = startDesktop({ dataDir })
  const page = await next.page()
  await page.getByText('A request was lost in a crash').waitFor()
  await takeAllPictures(page, 'after-crash')
  const rows = (name: string) =>
    page.evaluate(`window.codexGateway.call('${name}', {}).then(({ data }) => data.rows)`)
  expect(await rows('holds.list')).toEqual([])
  expect(await rows('losses.list')).toMatchObject([{ model: 'demo-fast' }])
  expect((await ask(addressOf(next), secret, 'Hello')).status).toBe(200)
})
