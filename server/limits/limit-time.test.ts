// The time that limits go by, when the clocks of the machine do not agree.
import { describe, expect, test } from 'vitest'
import { createLimitTime } from './limit-time.ts'

const START = Date.parse('2026-11-23T10:17:30.000Z')
const HOUR_MS = 3_600_000

function createClocks(wallMs = START, zone = 'UTC', newest = { startMs: 0, dayStartMs: 0 }) {
  const state = { wallMs, monoMs: 1_000.25, zone }
  const time = createLimitTime({
    clock: { now: () => state.wallMs, monotonicMs: () => state.monoMs },
    timeZone: () => state.zone,
    newest,
  })
  const pass = (ms: number) => {
    state.wallMs += ms
    state.monoMs += ms
  }
  const isoNow = () => new Date(time.now()).toISOString()
  const windows = () => time.windowsAt(time.now())
  return { state, time, pass, isoNow, windows }
}

describe('the time of limits', () => {
  test('is the wall clock’s', () => {
    const { pass, isoNow, state } = createClocks()
    pass(1_500)
    expect(isoNow()).toBe('2026-11-23T10:17:31.500Z')
    state.wallMs += 7 * HOUR_MS
    expect(isoNow()).toBe('2026-11-23T17:17:31.500Z')
  })

  test('goes on at its own pace where the clock is set back, so that nobody waits for the clock to catch up', () => {
    const { state, pass, isoNow, windows } = createClocks()
    const before = windows()
    state.wallMs -= 48 * HOUR_MS
    expect(isoNow()).toBe('2026-11-23T10:17:30.000Z')
    expect(windows()).toBe(before)
    pass(29_999)
    expect(windows()).toBe(before)
    pass(1)
    expect(windows().minute.startMs).toBe(before.minute.endMs)
  })

  test('is the wall clock’s again once that has caught up', () => {
    const { state, pass, isoNow } = createClocks()
    state.wallMs -= 1_000
    isoNow()
    state.wallMs += 5_000
    expect(isoNow()).toBe('2026-11-23T10:17:34.000Z')
    pass(10)
    expect(isoNow()).toBe('2026-11-23T10:17:34.010Z')
  })

  test('does not go back over a restart either', () => {
    const startMs = START + 5 * HOUR_MS
    const { isoNow, pass } = createClocks(START, 'UTC', { startMs, dayStartMs: 0 })
    expect(isoNow()).toBe(new Date(startMs).toISOString())
    pass(250)
    expect(isoNow()).toBe(new Date(startMs + 250).toISOString())
  })
})

describe('where the operator’s zone changes', () => {
  const dayAt = (clocks: ReturnType<typeof createClocks>) =>
    new Date(clocks.windows().day.startMs).toISOString()

  test('a day that began later begins at once', () => {
    const clocks = createClocks()
    expect(dayAt(clocks)).toBe('2026-11-23T00:00:00.000Z')
    clocks.state.zone = 'America/New_York'
    expect(dayAt(clocks)).toBe('2026-11-23T05:00:00.000Z')
  })

  test('a day that began earlier does not begin anew, and ends when it ends there', () => {
    const clocks = createClocks()
    clocks.windows()
    clocks.state.zone = 'Asia/Tokyo'
    expect(dayAt(clocks)).toBe('2026-11-23T00:00:00.000Z')
    clocks.pass(5 * HOUR_MS)
    expect(dayAt(clocks)).toBe('2026-11-23T15:00:00.000Z')
  })

  test('while the server is stopped, the day does not begin anew', () => {
    const dayStartMs = Date.parse('2026-11-23T05:00:00Z')
    const clocks = createClocks(START, 'UTC', { startMs: dayStartMs, dayStartMs })
    expect(dayAt(clocks)).toBe('2026-11-23T05:00:00.000Z')
  })
})

test('the windows stay one object while they are open', () => {
  const { pass, windows } = createClocks()
  const first = windows()
  pass(29_000)
  expect(windows()).toBe(first)
  pass(1_000)
  expect(windows()).not.toBe(first)
  expect(windows().day).toBe(first.day)
})
