// A console that stays open all day, over both doors: it asks for nothing by the clock, and whatever is pushed to it, nothing
// that it keeps grows. What is pushed and how late it is are the test's; the page and the gateway are real.
import type { Page } from 'playwright'
import { beforeAll, expect } from 'vitest'
import { createMovableClock } from '../../integration/support/movable-clock.ts'
import { fillStage } from '../support/requests.ts'
import { journey, openStage, type Stage } from '../support/stage.ts'

const NOON = Date.UTC(2026, 10, 26, 12)
const EIGHT_HOURS_MS = 8 * 3_600_000
/** Longer than an answer that nobody shows is kept. */
const FORGOTTEN_MS = 6 * 60_000
const PUSHES = 3_000

/** Both leave `pushed(event)` and `subscriptions()` behind in the page. */
const DOORS: Readonly<Record<string, string>> = {
  // The stream of a browser; calls go over HTTP.
  http: `{
    const open = new Set()
    window.EventSource = class extends EventTarget {
      static CLOSED = 2
      readyState = 1
      constructor() { super(); open.add(this); setTimeout(() => this.tell({ type: 'hello', at: Date.now(), version: '' })) }
      tell(event) { this.dispatchEvent(new MessageEvent(event.type, { data: JSON.stringify(event) })) }
      close() { open.delete(this) }
    }
    window.pushed = (event) => { for (const source of open) source.tell(event) }
    window.subscriptions = () => open.size
  }`,
  // The bridge of the desktop window; its calls are carried on to the same gateway.
  ipc: `{
    const listeners = new Set()
    const desktop = {
      gateway: { kind: 'running', address: location.origin }, isPaused: false, inFlight: 0, port: 8420, isOpenToNetwork: false,
      startsAtLogin: false, version: '1.0.0', update: { kind: 'none' }, looksForUpdates: false,
      isGiven: { port: false, host: false },
    }
    window.bridgeCalls = 0
    window.codexGateway = {
      async call(name, input) {
        window.bridgeCalls += 1
        if (name === 'desktop.get') return { ok: true, data: desktop }
        const headers = { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' }
        return (await fetch('/api/' + name, { method: 'POST', headers, body: JSON.stringify(input) })).json()
      },
      subscribe(listener) { listeners.add(listener); return () => listeners.delete(listener) },
    }
    window.pushed = (event) => { for (const listener of listeners) listener(event) }
    window.subscriptions = () => listeners.size
  }`,
}

/** Events of a busy gateway, each about somebody else; those of finished requests weigh 9 kB, as real ones do. */
const pushMany = (from: number, count: number): string => `(() => {
  const at = Date.now()
  for (let n = ${from}; n < ${from + count}; n += 5) {
    const row = () => ({ requestId: Array.from({ length: 12 }, () => crypto.randomUUID()).join('') })
    const rows = Array.from({ length: 20 }, row)
    const sums = { count: 20, errorCount: 0, inputTokens: n, outputTokens: n, costNanoUsd: n, rows }
    const money = { balanceNanoUsd: n, creditLimitNanoUsd: 0, openHoldsNanoUsd: 0, availableNanoUsd: n }
    pushed({ type: 'requests.running', at, running: n % 7 })
    pushed({ type: 'requests.finished', at, ...sums })
    pushed({ type: 'balance.changed', at, userId: 'user-' + n, ...money })
    pushed({ type: 'key.changed', at, userId: 'user-' + n, keyId: 'key-' + n, operation: 'keys.update' })
    pushed({ type: 'data.changed', at, noun: 'codes', operation: 'codes.redeem', userId: 'user-' + n })
  }
})()`

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ ports: { clock: createMovableClock(NOON) } })
  await fillStage(stage)
  await stage.portal.call('settings.update', { timeZone: 'UTC' }, { cookie: stage.admin })
})

/** The page before it has loaded anything: its door and its clock are the test's, and what it asks for is counted. */
async function openThrough(door: string): Promise<{ readonly page: Page; readonly asked: string[] }> {
  const page = await stage.open('/hello', { cookie: stage.admin })
  await page.addInitScript(DOORS[door] ?? '')
  await page.clock.install({ time: NOON })
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/')) asked.push(pathname)
  })
  await page.goto(`${stage.portal.url}/admin`)
  await stillness(page)
  return { page, asked }
}

/** What runs at once has run, and its answers are drawn. */
async function stillness(page: Page): Promise<void> {
  await page.locator('h1').waitFor()
  const isStill = () =>
    page.evaluate(`document.querySelector('.sk, [aria-busy=true]') === null
      && [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg path') !== null)`)
  await expect.poll(isStill, { interval: 20, timeout: 30_000 }).toBe(true)
  await page.waitForLoadState('networkidle')
}

/** What the page holds on to, once what it has let go of is gone. */
async function held(
  page: Page,
): Promise<{ readonly nodes: number; readonly listeners: number; readonly heapMb: number }> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  // What was let go of in finalizers goes with the second round.
  for (let round = 0; round < 2; round += 1) await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.getMetrics')
  await session.detach()
  const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN
  return { nodes: of('Nodes'), listeners: of('JSEventListeners'), heapMb: of('JSHeapUsedSize') / 1e6 }
}

async function pushAll(page: Page, count: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    await page.evaluate(pushMany(from, 100))
    await page.clock.runFor(1_000)
  }
  await stillness(page)
  await page.clock.runFor(FORGOTTEN_MS)
}

async function walkThrough(page: Page): Promise<void> {
  const places = ['usage', 'users', 'keys', 'models', 'plans', 'audit', 'system', 'connect', 'settings']
  for (const path of [...places.map((place) => `/admin/${place}`), '/admin']) {
    await page.evaluate(`history.pushState(null, '', '${path}')`)
    await stillness(page)
  }
  await page.clock.runFor(FORGOTTEN_MS)
}

journey.each(Object.keys(DOORS))(
  'through the %s door it asks nothing by the clock, and keeps no more for what is pushed',
  async (door) => {
    const { page, asked } = await openThrough(door)
    const bridgeCalls = () => page.evaluate<number | undefined>('window.bridgeCalls')
    expect(await page.evaluate('subscriptions()')).toBe(1)

    asked.length = 0
    const calledBefore = await bridgeCalls()
    await page.clock.runFor(EIGHT_HOURS_MS)
    await page.waitForLoadState('networkidle')
    expect(asked).toEqual([])
    expect(await bridgeCalls()).toBe(calledBefore)

    // The first rounds fill what is filled once, such as the code of screens.
    await pushAll(page, 500)
    await walkThrough(page)
    const before = await held(page)
    asked.length = 0
    await pushAll(page, PUSHES)
    // What is shown is asked for again, and not once for each push.
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.length).toBeLessThan(PUSHES / 20)
    await walkThrough(page)
    const after = await held(page)

    expect(await page.evaluate('subscriptions()')).toBe(1)
    expect(after.nodes).toBeLessThan(before.nodes * 1.1 + 200)
    expect(after.listeners).toBeLessThan(before.listeners * 1.1 + 50)
    // They weighed 5 MB together.
    expect(after.heapMb).toBeLessThan(before.heapMb + 2.5)
  },
)
