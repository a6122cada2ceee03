// The stream of events as a browser gives it: named events only, breaks that heal, doors that say no, and hidden pages.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pushedEvent } from '../../contract/events.ts'
import { createEventHub } from './event-hub.ts'
import { listenToServer } from './event-stream.ts'

type Take = (message: { readonly data: string }) => void

class FakeSource {
  static readonly CLOSED = 2
  static opened: FakeSource[] = []
  readyState = 1
  readonly takers = new Map<string, Take>()
  onerror: (() => void) | undefined
  onopen: (() => void) | undefined
  close = vi.fn()
  readonly url: string
  constructor(url: string) {
    this.url = url
    FakeSource.opened.push(this)
  }
  addEventListener(type: string, take: Take): void {
    this.takers.set(type, take)
  }
  /** As the server writes it: `event: <type>`, which reaches listeners of that name alone. */
  push(event: { readonly type: string }): void {
    this.takers.get(event.type)?.({ data: JSON.stringify(event) })
  }
}

let onEvent: ReturnType<typeof createEventHub>
let visibility: DocumentVisibilityState
const latest = () => FakeSource.opened.at(-1)
function look(state: DocumentVisibilityState): void {
  visibility = state
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeSource.opened = []
  vi.stubGlobal('EventSource', FakeSource)
  visibility = 'visible'
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility)
  onEvent = createEventHub({ call: vi.fn(), listen: listenToServer })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

test('every type of the contract is heard by its name', () => {
  const stop = onEvent('hello', () => {})
  const types = pushedEvent.options.map((option) => option.shape.type.value)
  expect([...(latest()?.takers.keys() ?? [])].sort()).toEqual(types.sort())
  expect(latest()?.url).toBe('/api/events')
  latest()?.takers.get('hello')?.({ data: 'junk' })
  stop()
})

test('a door that says no is asked again, ever more seldom, and each time it is said', () => {
  const refused = vi.fn()
  const stop = onEvent('stream.refused', refused)
  for (const waitMs of [1_000, 5_000, 30_000, 120_000, 120_000]) {
    const current = latest()
    if (current) current.readyState = FakeSource.CLOSED
    const before = FakeSource.opened.length
    current?.onerror?.()
    vi.advanceTimersByTime(waitMs - 1)
    expect(FakeSource.opened).toHaveLength(before)
    vi.advanceTimersByTime(1)
    expect(FakeSource.opened).toHaveLength(before + 1)
  }
  expect(refused).toHaveBeenCalledTimes(5)
  stop()
  expect(latest()?.close).toHaveBeenCalled()
})

test('a break that the browser heals by itself is told all the same', () => {
  const [broken, refused] = [vi.fn(), vi.fn()]
  const stops = [onEvent('stream.broken', broken), onEvent('stream.refused', refused)]
  const current = latest()
  if (current) current.readyState = 0
  current?.onerror?.()
  expect([broken.mock.calls.length, refused.mock.calls.length, FakeSource.opened.length]).toEqual([1, 0, 1])
  for (const stop of stops) stop()
})

test('after a break, and after the page was hidden, everything is asked anew; a first greeting asks for nothing', () => {
  const resync = vi.fn()
  const stop = onEvent('resync', resync)
  latest()?.push({ type: 'hello' })
  expect(resync).not.toHaveBeenCalled()
  // The browser came back by itself: the same source greets again.
  latest()?.push({ type: 'hello' })
  expect(resync).toHaveBeenCalledTimes(1)

  look('hidden')
  expect(latest()?.close).toHaveBeenCalled()
  expect(FakeSource.opened).toHaveLength(1)
  look('visible')
  expect(FakeSource.opened).toHaveLength(2)
  latest()?.push({ type: 'hello' })
  expect(resync).toHaveBeenCalledTimes(2)
  latest()?.push({ type: 'resync' })
  expect(resync).toHaveBeenCalledTimes(3)
  stop()
  look('hidden')
  look('visible')
  expect(FakeSource.opened).toHaveLength(2)
})
