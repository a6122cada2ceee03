// The requests that run: who of them is cut, how long one may be read on without its client, and when none is left.
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Refusal, refusal } from '../../contract/errors.ts'
import { type DrainBounds, Drains } from './drains.ts'
import { createLiveRequests, LiveRequest } from './live-requests.ts'
import { UpstreamExchange } from './upstream-exchange.ts'

const SUSPENDED = refusal('account_suspended')

/** A response as far as a live request watches one. */
class Watched extends EventEmitter {
  writableFinished = false
  destroyed = false
}

class Exchange extends UpstreamExchange {
  override get isUnsent(): boolean {
    return false
  }
  readonly calls: string[] = []
  override abort(): void {
    this.calls.push('abort')
  }
  override resume(): void {
    this.calls.push('resume')
  }
}

const ROOMY = { drainSecondsMax: 60, drainBytesMax: 1_000, drainsPerUserMax: 10, drainsMax: 10 }

function running(bounds: Partial<DrainBounds> = {}, owner = { userId: 'user_1', keyId: 'key_1' }) {
  const drains = new Drains(() => ({ ...ROOMY, ...bounds }))
  const live = new LiveRequest(owner, drains)
  const exchange = new Exchange()
  const told: Refusal[] = []
  const watched = new Watched()
  live.whenCut((refused) => void told.push(refused))
  live.attach(exchange)
  live.watch(watched as unknown as ServerResponse) // it is only watched for its end
  return { live, exchange, told, watched }
}

describe('a client', () => {
  test('that leaves has its upstream read on, until the bound on that', async () => {
    const { live, exchange, watched } = running({ drainSecondsMax: 0.04 })
    watched.emit('close')
    expect(live).toMatchObject({ isGone: true, isDrainCut: false })
    expect(exchange.calls).toEqual(['resume'])
    await sleep(80)
    expect(live.isDrainCut).toBe(true)
    expect(exchange.calls).toEqual(['resume', 'abort'])
  })

  test('that leaves before anything is sent has nothing to be read on for', () => {
    const drains = new Drains(() => ({ ...ROOMY, drainsPerUserMax: 1 }))
    const live = new LiveRequest({ userId: 'user_1', keyId: 'key_1' }, drains)
    live.leave()
    expect(drains.count).toBe(0)
    expect(live).toMatchObject({ isGone: true, leftUnsent: true, isDrainCut: false })
    live.close()
  })

  test('that leaves while its request waits for a connection has it ended', () => {
    const drains = new Drains(() => ROOMY)
    const live = new LiveRequest({ userId: 'user_1', keyId: 'key_1' }, drains)
    const calls: string[] = []
    live.attach({
      isUnsent: true,
      resume: () => void calls.push('resume'),
      abort: () => void calls.push('abort'),
    })
    live.leave()
    expect(calls).toEqual(['abort'])
    expect(drains.count).toBe(0)
    expect(live.leftUnsent).toBe(true)
    live.close()
  })

  test('that had left before its request was sent all the same has it read on within the bounds', () => {
    const drains = new Drains(() => ROOMY)
    const live = new LiveRequest({ userId: 'user_1', keyId: 'key_1' }, drains)
    const calls: string[] = []
    live.leave()
    live.attach({ resume: () => void calls.push('resume'), abort: () => void calls.push('abort') })
    expect(calls).toEqual(['resume'])
    expect(drains.count).toBe(1)
    expect(live.leftUnsent).toBe(false)
    live.close()
    expect(drains.count).toBe(0)
  })

  test('that has its whole answer has not left', () => {
    const { live, watched } = running()
    watched.writableFinished = true
    watched.emit('close')
    expect(live.isGone).toBe(false)
  })

  test('that left before anyone watched has left', () => {
    const live = new LiveRequest({ userId: 'user_1', keyId: 'key_1' }, new Drains(() => ROOMY))
    const watched = new Watched()
    watched.destroyed = true
    live.watch(watched as unknown as ServerResponse) // it is only watched for its end
    expect(live.isGone).toBe(true)
    live.close()
  })

  test('whose request ended in time is not cut off later', async () => {
    const { live, exchange, watched } = running({ drainSecondsMax: 0.02 })
    watched.emit('close')
    live.close()
    await sleep(50)
    expect(live.isDrainCut).toBe(false)
    expect(exchange.calls).toEqual(['resume'])
  })

  test('that leaves behind the end of its request leaves nothing running', async () => {
    const { live, exchange, watched } = running({ drainSecondsMax: 0.02 })
    live.close()
    watched.emit('close')
    await sleep(50)
    expect(exchange.calls).toEqual([])
    expect(live.isDrainCut).toBe(false)
  })
})

describe('a loss of access', () => {
  test('cuts every request that it is about, tells each client once, and lets the others run', () => {
    const requests = createLiveRequests()
    const mine = running()
    const mineToo = running({}, { userId: 'user_1', keyId: 'key_2' })
    const theirs = running({}, { userId: 'user_2', keyId: 'key_3' })
    for (const { live } of [mine, mineToo, theirs]) requests.add(live)
    const reasonFor = ({ userId }: LiveRequest) => (userId === 'user_1' ? SUSPENDED : undefined)
    requests.cut(reasonFor)
    requests.cut(reasonFor)
    expect([mine.told, mineToo.told, theirs.told]).toEqual([[SUSPENDED], [SUSPENDED], []])
    expect(mine.live).toMatchObject({ isGone: true, cutBy: SUSPENDED })
    expect(mine.exchange.calls).toEqual(['resume'])
    expect(theirs.live).toMatchObject({ isGone: false, cutBy: undefined })
    expect(theirs.exchange.calls).toEqual([])
    for (const { live } of [mine, mineToo, theirs]) live.close()
  })

  test('says nothing to a client that has left', () => {
    const { live, told, watched } = running()
    watched.emit('close')
    live.cut(SUSPENDED)
    expect(told).toEqual([])
    live.close()
  })
})

describe('what needs no reading on', () => {
  /** Two answers of one person are read on, which is all that may be. */
  function crowded() {
    const drains = new Drains(() => ({ ...ROOMY, drainsMax: 2 }))
    const run = (userId: string, exchange: Parameters<LiveRequest['attach']>[0]) => {
      const live = new LiveRequest({ userId, keyId: 'key' }, drains)
      live.attach(exchange)
      return live
    }
    const read = [run('ann', new Exchange()), run('ann', new Exchange())]
    for (const live of read) live.leave()
    return { drains, read, run }
  }

  test('takes no place of what does: an answer whose cost is known', () => {
    const { drains, read, run } = crowded()
    const known = run('bob', new Exchange())
    known.costIsKnown()
    known.leave()
    expect(read.map(({ isDrainCut }) => isDrainCut)).toEqual([false, false])
    expect(known).toMatchObject({ isGone: true, isDrainCut: false })
    // One that is read on gives its place back when its cost is known, and not only at its end.
    read[1]?.costIsKnown()
    expect(drains.count).toBe(1)
    for (const live of [...read, known]) live.close()
  })

  test('takes no place either: what ends with its client', () => {
    const { drains, read, run } = crowded()
    const calls: string[] = []
    const side = run('bob', {
      endsWithClient: true,
      resume: () => void calls.push('resume'),
      abort: () => void calls.push('abort'),
    })
    side.leave()
    expect(read.map(({ isDrainCut }) => isDrainCut)).toEqual([false, false])
    expect(calls).toEqual(['abort'])
    expect(drains.count).toBe(2)
    for (const live of [...read, side]) live.close()
  })
})

describe('the running requests', () => {
  test('are counted, those included whose client has left', () => {
    const requests = createLiveRequests()
    const { live, watched } = running()
    requests.add(live)
    watched.emit('close')
    expect(requests.count).toBe(1)
    requests.remove(live)
    expect(requests.count).toBe(0)
  })

  test('are idle at once where there are none, and else when the last one has ended', async () => {
    const requests = createLiveRequests()
    await requests.idle()
    const { live: first } = running()
    const { live: second } = running()
    requests.add(first)
    requests.add(second)
    let isIdle = false
    const idle = requests.idle().then(() => {
      isIdle = true
    })
    requests.remove(first)
    await sleep(5)
    expect(isIdle).toBe(false)
    requests.remove(second)
    await idle
  })

  test('are all ended by endAll', () => {
    const requests = createLiveRequests()
    const all = [running(), running()]
    for (const { live } of all) requests.add(live)
    requests.endAll(refusal('gateway_stopping'))
    expect(all.map(({ exchange }) => exchange.calls)).toEqual([['abort'], ['abort']])
  })

  test('go to no other upstream once they are ended', () => {
    const requests = createLiveRequests()
    const { live } = running()
    requests.add(live)
    requests.endAll(refusal('gateway_stopping'))
    const next = new Exchange()
    live.attach(next)
    expect(next.calls).toEqual(['abort'])
  })
})
