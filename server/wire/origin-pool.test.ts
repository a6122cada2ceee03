// Which request goes over which connection, and when a connection is never used again: seen from the upstream's side.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ask, listen, OK, openPool, rawUpstream, type Told } from '../../test/support/wire.ts'

const answerOk = (socket: Socket) => void socket.write(OK)
const held: Socket[] = []

describe('a connection', () => {
  test('serves one request after the other, the one that was used last first', async () => {
    const upstream = await rawUpstream(answerOk)
    const pool = openPool(upstream)
    const both = [ask(pool), ask(pool)]
    for (const told of both) expect(await told.over).toMatchObject({ status: 200, text: 'ok', ends: 1 })
    expect(upstream.sockets).toHaveLength(2)
    for (let round = 0; round < 5; round += 1) expect((await ask(pool).over).text).toBe('ok')
    expect(upstream.sockets).toHaveLength(2)
    const counts = upstream.received.map((text) => text.split('POST').length - 1)
    expect(counts.sort()).toEqual([1, 6])
  })

  test('carries one request at a time', async () => {
    const upstream = await rawUpstream((socket) => void held.push(socket))
    const pool = openPool(upstream)
    const all = [ask(pool), ask(pool), ask(pool)]
    await expect.poll(() => held.length).toBe(3)
    expect(upstream.sockets).toHaveLength(3)
    for (const socket of held.splice(0)) answerOk(socket)
    for (const told of all) expect((await told.over).text).toBe('ok')
  })

  test.each([
    ['that says close', OK.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')],
    ['of HTTP/1.0', OK.replace('/1.1', '/1.0')],
    ['with bytes behind it', `${OK}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`],
    ['behind which it is kept for two seconds', OK.replace('\r\n\r\n', '\r\nkeep-alive: timeout=2\r\n\r\n')],
  ])('is closed behind an answer %s', async (_how, text) => {
    const upstream = await rawUpstream((socket, count) => void socket.write(count === 1 ? text : OK))
    const pool = openPool(upstream)
    expect(await ask(pool).over).toMatchObject({ status: 200, text: 'ok', error: undefined })
    await expect.poll(() => upstream.sockets[0]?.closed).toBe(true)
    expect((await ask(pool).over).text).toBe('ok')
    expect(upstream.sockets).toHaveLength(2)
  })

  test('is closed behind HEAD, and behind a body where none belongs', async () => {
    const upstream = await rawUpstream(
      (socket, count) => void socket.write(count === 1 ? OK.slice(0, -2) : OK),
    )
    const pool = openPool(upstream)
    const head = await ask(pool, { method: 'HEAD', body: undefined }).over
    expect(head).toMatchObject({ status: 200, text: '', error: undefined })
    expect((await ask(pool, { method: 'DELETE' }).over).text).toBe('ok')
    expect((await ask(pool).over).text).toBe('ok')
    expect(upstream.sockets).toHaveLength(3)
  })

  test('is closed when it has been idle for long enough, and sooner where the upstream says so', async () => {
    const text = OK.replace('\r\n\r\n', '\r\nkeep-alive: timeout=60\r\n\r\n')
    const upstream = await rawUpstream((socket) => void socket.write(text))
    const pool = openPool(upstream, { idleMsMax: 80 })
    await ask(pool).over
    const startedAt = performance.now()
    await once(upstream.sockets[0] as Socket, 'close') // there is one, as it answered
    expect(performance.now() - startedAt).toBeGreaterThan(50)
  })

  test.each<[string, (socket: Socket) => unknown]>([
    ['something comes on it', (socket) => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n')],
    ['the upstream closes it', (socket) => socket.end()],
    ['the upstream resets it', (socket) => socket.resetAndDestroy()],
  ])('that is idle is closed when %s, and nobody hears of it', async (_what, happen) => {
    const upstream = await rawUpstream(answerOk)
    const pool = openPool(upstream)
    await ask(pool).over
    const [first] = upstream.sockets
    if (first) {
      happen(first)
      if (!first.closed) await once(first, 'close')
    }
    expect(await ask(pool).over).toMatchObject({ text: 'ok', error: undefined })
    expect(upstream.sockets).toHaveLength(2)
  })

  test('on which something has come in the turn of the next request is not used for it', async () => {
    const upstream = await rawUpstream(answerOk)
    const pool = openPool(upstream)
    await ask(pool).over
    upstream.sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil')
    // It is in the buffers of the system now; this turn ends before it is read.
    const started = performance.now()
    while (performance.now() - started < 20);
    const told = ask(pool)
    expect(await told.over).toMatchObject({ text: 'ok', error: undefined })
    expect(upstream.sockets).toHaveLength(2)
    expect(upstream.received[0]?.split('POST')).toHaveLength(2)
  })
})

describe('where there are too many connections', () => {
  const limited = async () => {
    const upstream = await rawUpstream((socket) => void held.push(socket))
    return { upstream, pool: openPool(upstream, { connectionsMax: 2 }) }
  }
  const answerNext = async () => {
    await expect.poll(() => held.length).toBeGreaterThan(0)
    const socket = held.shift()
    if (socket) answerOk(socket)
  }

  test('requests wait, and are sent in their order', async () => {
    const { upstream, pool } = await limited()
    const order: number[] = []
    const all = Array.from({ length: 6 }, (_one, at) => {
      const told = ask(pool, { path: `/${at}` })
      void told.over.then(() => order.push(at))
      return told
    })
    for (const _one of all) await answerNext()
    await Promise.all(all.map(({ over }) => over))
    expect(upstream.sockets).toHaveLength(2)
    const paths = upstream.heads.map((head) => Number(head.slice(6, 7)))
    expect(paths.slice(2)).toEqual([2, 3, 4, 5])
    expect([...paths].sort()).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('one that is aborted while it waits is never sent, and the next one takes its place', async () => {
    const { upstream, pool } = await limited()
    const all = Array.from({ length: 4 }, (_one, at) => ask(pool, { path: `/${at}` }))
    all[2]?.request?.abort()
    expect(all[2]).toMatchObject({ ends: 1, error: { code: 'ERR_WIRE_ABORTED' } })
    for (let count = 0; count < 3; count += 1) await answerNext()
    await Promise.all(all.map(({ over }) => over))
    expect(upstream.heads.some((head) => head.startsWith('POST /2'))).toBe(false)
    expect(all[3]?.text).toBe('ok')
  })

  test('a connection that breaks makes room for the next', async () => {
    const { upstream, pool } = await limited()
    const all = Array.from({ length: 4 }, () => ask(pool))
    await expect.poll(() => held.length).toBe(2)
    for (const socket of held.splice(0)) socket.destroy()
    await answerNext()
    await answerNext()
    const ended = await Promise.all(all.map(({ over }) => over))
    expect(ended.map(({ error }) => error?.code)).toEqual([
      'ERR_WIRE_CLOSED',
      'ERR_WIRE_CLOSED',
      undefined,
      undefined,
    ])
    expect(upstream.sockets).toHaveLength(4)
  })
})

describe('a pool that is closed', () => {
  test('ends what runs, what waits and what connects, and closes every socket', async () => {
    const upstream = await rawUpstream((socket) => void held.push(socket))
    const pool = openPool(upstream, { connectionsMax: 2 })
    const all: Told[] = [ask(pool)]
    await expect.poll(() => held.splice(0).length).toBe(1)
    all.push(ask(pool), ask(pool))
    await pool.destroy()
    for (const told of all) expect(told).toMatchObject({ ends: 1, error: { code: 'ERR_WIRE_DESTROYED' } })
    await expect.poll(() => upstream.sockets.every(({ closed }) => closed)).toBe(true)
    expect(ask(pool)).toMatchObject({ ends: 1, error: { code: 'ERR_WIRE_DESTROYED' } })
  })
})

describe('time-outs', () => {
  const QUICK = { idleMsMax: 80, silenceMsMax: 100, connectMsMax: 100 }

  test('end a silence before an answer and one within it, but not one that the reader asked for', async () => {
    const upstream = await rawUpstream((socket, count) => {
      if (count > 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nsome')
    })
    const pool = openPool(upstream, QUICK)
    const before = ask(pool)
    await expect.poll(() => upstream.heads.length).toBe(1)
    const within = ask(pool)
    const paused = ask(pool)
    await paused.begun
    paused.request?.pause()
    const silent = { ends: 1, error: { code: 'ERR_WIRE_ANSWER_TIMEOUT' }, isStale: false }
    expect(await before.over).toMatchObject(silent)
    expect(await within.over).toMatchObject({ ...silent, text: 'some' })
    await sleep(200)
    expect(paused.ends).toBe(0)
    paused.request?.resume()
    expect(await paused.over).toMatchObject(silent)
  })

  test('are those of a request where it has its own', async () => {
    const pool = openPool(await rawUpstream(() => {}), { ...QUICK, silenceMsMax: 60_000 })
    expect((await ask(pool, { silenceMsMax: 50 }).over).error?.code).toBe('ERR_WIRE_ANSWER_TIMEOUT')
  })

  test('end a connection that is not made in time', async () => {
    // It is accepted by the system, and nobody answers the greeting of TLS.
    const port = await listen(createServer())
    const pool = openPool(`https://127.0.0.1:${port}`, QUICK)
    expect((await ask(pool).over).error?.code).toBe('ERR_WIRE_CONNECT_TIMEOUT')
  })
})
