// Relaying an answer between two real connections: what the client gets, when, and what is measured of it.
// One file, because all of it needs the same gateway of one stage.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { refusal } from '../../../contract/errors.ts'
import { settingsSchema } from '../../../contract/settings.ts'
import { upstreamTarget } from '../../../test/support/upstream-target.ts'
import { CLIENT_STALLED_MS_MAX } from '../client-stream.ts'
import { Drains } from '../drains.ts'
import { LiveRequest } from '../live-requests.ts'
import type { Relayed } from '../relayed.ts'
import type { Sending } from '../request.ts'
import { UpstreamExchange } from '../upstream-exchange.ts'
import { createUpstreamPools } from '../upstream-pool.ts'
import { relay } from './relay.ts'

const EVENT_STREAM = { 'content-type': 'text/event-stream' }
const USAGE = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  // A server that listens on a port has an address with that port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Options {
  readonly dialect?: 'chat' | 'responses'
  readonly isStream?: boolean
  readonly isStored?: boolean
  readonly alias?: string
}

/** A gateway of one stage: every request to it is relayed from this upstream. */
async function relaying(answer: (req: IncomingMessage, res: ServerResponse) => void, options: Options = {}) {
  const upstream = await listen((req, res) => void req.resume().on('end', () => answer(req, res)))
  const pools = createUpstreamPools()
  cleanups.push(() => pools.close())
  const owned: string[] = []
  const settings = settingsSchema.parse({})
  const live = new LiveRequest({ userId: 'user_1', keyId: 'key_1' }, new Drains(() => settings))
  const deps = {
    clock: { now: () => 0, monotonicMs: () => performance.now() },
    logger: pino({ level: 'silent' }),
    settings: {
      current: () => settings,
      store: () => settings,
      takeOver: () => {},
      onChange: () => () => {},
    },
    ownedIds: {
      record: (kind: string, id: string) => void owned.push(`${kind} ${id}`),
      find: () => undefined,
    },
  }
  let resolveRelayed: (relayed: Relayed) => void = () => {}
  const relayed = new Promise<Relayed>((resolve) => {
    resolveRelayed = resolve
  })
  const target = upstreamTarget({ baseUrl: `${upstream}/v1` })
  const clients: ServerResponse[] = []
  const url = await listen((_req, res) => {
    clients.push(res)
    const held = {
      res,
      requestId: 'req_1',
      model: 'gpt-6-sol',
      alias: options.alias,
      endpoint: { dialect: options.dialect ?? 'chat' },
      facts: {
        isStream: options.isStream ?? true,
        isStored: options.isStored ?? true,
        givenIds: [],
        model: options.alias ?? 'gpt-6-sol',
      },
      key: { userId: 'user_1' },
      upstream: target,
      upstreamModel: 'gpt-6-sol',
      isUsageInjected: false,
    } as unknown as Sending // what relaying looks at; the rest of a held request plays no part in it
    live.watch(res)
    const exchange = new UpstreamExchange()
    live.attach(exchange)
    const { pool, basePath } = pools.poolFor(target)
    pool.dispatch({ method: 'POST', path: `${basePath}/responses`, body: Buffer.from('{}') }, exchange)
    void Promise.resolve(exchange.head)
      .then((head) =>
        relay(
          deps,
          held,
          live,
          head.ok ? { ok: true, exchange, head: head.head } : { ok: false, fault: head.fault },
        ),
      )
      .then(resolveRelayed)
  })
  /** What is relayed, once it is measured: its charge is on disk as soon as `finish` is called. */
  const finished = async () => {
    const ended = await relayed
    ended.finish()
    await ended.finished
    return ended
  }
  return { url, live, owned, relayed, finished, clients }
}

const event = (data: unknown) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
const chunk = (content: string, more: object = {}) =>
  event({ id: 'chatcmpl-1', choices: [{ delta: { content } }], ...more })
const usageChunk = event({ id: 'chatcmpl-1', choices: [], usage: USAGE })
const DONE = event('[DONE]')
const WHOLE = {
  id: 'chatcmpl-1',
  model: 'gpt-6-sol',
  choices: [{ message: { content: 'Hi' } }],
  usage: USAGE,
}

describe('a stream', () => {
  test('reaches the client event by event, and is charged before its end does', async () => {
    const { url, relayed } = await relaying((_req, res) => {
      res.writeHead(200, EVENT_STREAM)
      res.write(chunk('Hi') + usageChunk + DONE)
      setTimeout(() => res.end(': and a word behind the end\n\n'), 10)
    })
    const response = await fetch(url)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe(chunk('Hi'))
    const ended = await relayed
    expect(ended).toMatchObject({ ending: 'finished', status: 200, errorCode: null })
    expect(ended.measured.reported?.usage).toMatchObject({ inputTokens: 12, outputTokens: 3 })
    const next = reader?.read()
    expect(await Promise.race([next, sleep(50, 'nothing yet')])).toBe('nothing yet')
    ended.finish()
    expect((await next)?.value).toBe(`${usageChunk}${DONE}: and a word behind the end\n\n`)
    expect((await reader?.read())?.done).toBe(true)
  })

  test('begins for the client when it is accepted, however long the model thinks', async () => {
    const { url } = await relaying((_req, res) => {
      res.writeHead(200, {
        ...EVENT_STREAM,
        'set-cookie': 'a=1',
        'x-request-id': 'req_upstream',
        'openai-processing-ms': '7',
      })
      res.flushHeaders()
    })
    const response = await fetch(url)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-request-id')).toBe('req_1')
    expect(response.headers.get('openai-processing-ms')).toBe('7')
    expect(response.headers.has('set-cookie')).toBe(false)
    await response.body?.cancel()
  })

  test('that ends with its usage and without [DONE] is complete', async () => {
    const { url, finished } = await relaying((_req, res) => {
      res.writeHead(200, EVENT_STREAM)
      res.end(chunk('Hi') + usageChunk)
    })
    const response = await fetch(url)
    expect(await finished()).toMatchObject({ ending: 'finished', errorCode: null })
    expect(await response.text()).toBe(chunk('Hi') + usageChunk)
  })

  test.each([
    ['ends', (res: ServerResponse) => void res.end()],
    ['is reset', (res: ServerResponse) => void res.socket?.resetAndDestroy()],
  ])(
    'that %s before its end says so to the client, in the stream, and says no [DONE]',
    async (_how, breakOff) => {
      let breakNow = () => {}
      const { url, finished } = await relaying((_req, res) => {
        res.writeHead(200, EVENT_STREAM)
        res.write(chunk('Hi'))
        breakNow = () => breakOff(res)
      })
      const response = await fetch(url)
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      // A reset takes with it what has not been read yet.
      let text = (await reader?.read())?.value ?? ''
      breakNow()
      const ended = await finished()
      expect(ended).toMatchObject({ ending: 'upstream_failed', errorCode: 'upstream_failed' })
      expect(ended.measured.textBytes).toBe(2)
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
        text += read.value
      expect(text.slice(0, chunk('Hi').length)).toBe(chunk('Hi'))
      const said = JSON.parse(text.slice(chunk('Hi').length + 'data: '.length)) as object
      expect(said).toMatchObject({ error: { code: 'upstream_failed', type: 'upstream_error', param: null } })
    },
  )

  test('that fails in the upstream’s own words is not told to fail twice', async () => {
    const error = event({
      error: {
        message: 'Too long.',
        type: 'invalid_request_error',
        param: null,
        code: 'context_length_exceeded',
      },
    })
    const { url, finished } = await relaying((_req, res) => {
      res.writeHead(200, EVENT_STREAM)
      res.end(error)
    })
    const response = await fetch(url)
    expect(await finished()).toMatchObject({ ending: 'upstream_failed', errorCode: null })
    expect(await response.text()).toBe(error)
  })

  test('of events cut anywhere reaches the client whole', async () => {
    const text = chunk('门🌕') + usageChunk + DONE
    const { url, finished } = await relaying((_req, res) => {
      res.writeHead(200, EVENT_STREAM)
      const bytes = [...Buffer.from(text)]
      const more = () => {
        const byte = bytes.splice(0, 3)
        if (byte.length === 0) return void res.end()
        res.write(Buffer.from(byte))
        setImmediate(more)
      }
      more()
    })
    const response = await fetch(url)
    await finished()
    expect(await response.text()).toBe(text)
  })

  test('to a client that reads slowly stops the upstream before memory grows', async () => {
    const big = chunk('x'.repeat(200_000))
    const total = 200
    let written = 0
    const { url, finished } = await relaying((_req, res) => {
      res.writeHead(200, EVENT_STREAM)
      const more = () => {
        while (written < total) {
          written += 1
          if (!res.write(big)) return void res.once('drain', more)
        }
        res.end(usageChunk + DONE)
      }
      more()
    })
    const response = await fetch(url)
    const reader = response.body?.getReader()
    await reader?.read()
    for (let before = 0; before < written; await sleep(150)) before = written
    expect(written).toBeLessThan(total)
    const ended = finished()
    let received = 0
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
      received += read.value.length
    expect(received).toBeGreaterThan((total - 1) * big.length)
    expect((await ended).measured.textBytes).toBe(total * 200_000)
  })

  test('gives its ids to the user before the client can use them, where the upstream keeps them', async () => {
    const created = `event: response.created\ndata: ${JSON.stringify({ type: 'response.created', response: { id: 'resp_1' } })}\n\n`
    for (const isStored of [true, false]) {
      const { url, owned } = await relaying(
        (_req, res) => {
          res.writeHead(200, EVENT_STREAM)
          res.write(created)
        },
        { dialect: 'responses', isStored },
      )
      const response = await fetch(url)
      await response.body?.getReader().read()
      expect(owned).toEqual(isStored ? ['response resp_1'] : [])
    }
  })
})

describe('a stream under another content-type', () => {
  test.each([['application/json'], ['text/plain; charset=utf-8'], [undefined]])(
    '%s is relayed as a stream',
    async (type) => {
      let finishUpstream = () => {}
      const { url, finished, relayed } = await relaying((_req, res) => {
        res.writeHead(200, type === undefined ? {} : { 'content-type': type })
        res.write(': hello\n\n')
        res.write(chunk('Hi'))
        finishUpstream = () => void res.end(usageChunk + DONE)
      })
      const response = await fetch(url)
      const reader = response.body?.getReader()
      const first = await reader?.read()
      expect(Buffer.from(first?.value ?? '').toString()).toMatch(/^: hello/)
      expect(await Promise.race([relayed, Promise.resolve('still streaming')])).toBe('still streaming')
      finishUpstream()
      expect(await finished()).toMatchObject({ ending: 'finished' })
    },
  )

  test('is a whole answer where it is JSON', async () => {
    const { url, finished } = await relaying((_req, res) => res.writeHead(200).end(JSON.stringify(WHOLE)))
    const answered = fetch(url)
    expect((await finished()).measured.reported?.usage.outputTokens).toBe(3)
    expect(await (await answered).json()).toEqual(WHOLE)
  })

  test('that is no stream but a page is the upstream’s failure', async () => {
    for (const page of ['<html>Sign in</html>', '', 'oops']) {
      const { url, finished } = await relaying((_req, res) =>
        res.writeHead(200, { 'content-type': 'text/html' }).end(page),
      )
      const answered = fetch(url)
      expect(await finished()).toMatchObject({
        ending: 'upstream_refused',
        errorCode: 'upstream_failed',
        status: 502,
      })
      expect((await answered).status).toBe(502)
    }
  })
})

describe('a whole answer', () => {
  const whole = (answer: unknown, options: Options = {}) =>
    relaying(
      (_req, res) => {
        res.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=1' })
        res.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
      },
      { isStream: false, ...options },
    )

  test('is measured, and written once it is charged', async () => {
    const text = `{ "model" : "gpt-6-sol-2026", "usage":${JSON.stringify(USAGE)},"choices":[],"id":"chatcmpl-1" }\n`
    const { url, relayed } = await whole(text)
    const answered = fetch(url)
    const ended = await relayed
    expect(ended.measured).toMatchObject({ responseId: 'chatcmpl-1', hasFailed: false })
    expect(await Promise.race([answered, sleep(50, 'nothing yet')])).toBe('nothing yet')
    ended.finish()
    const response = await answered
    expect(response.headers.get('x-request-id')).toBe('req_1')
    expect(response.headers.has('set-cookie')).toBe(false)
    expect(await response.text()).toBe(text)
  })

  test('that its client does not take is not kept for it for ever', async () => {
    const { url, finished, clients } = await whole({ ...WHOLE, filling: 'x'.repeat(64 * 1024 * 1024) })
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    cleanups.push(() => socket.destroy())
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await finished()
    const [client] = clients
    expect(client?.writableFinished).toBe(false)
    // Node ends a connection that nothing has left for so long.
    expect(client?.socket?.timeout).toBe(CLIENT_STALLED_MS_MAX)
  })

  test('has an aliased model renamed back, and nothing else changed', async () => {
    const text =
      '{"id":"resp_1", "model" : "gpt-6-sol-2026","output":[{"id":"msg_1","model":"gpt-6-sol-2026"}]}'
    const { url, finished, owned } = await whole(text, { alias: 'ours', dialect: 'responses' })
    const answered = fetch(url)
    await finished()
    expect(await (await answered).text()).toBe(text.replace('"gpt-6-sol-2026"', '"ours"'))
    expect(owned).toEqual(['response resp_1', 'item msg_1'])
  })

  test('without usage is measured by its text, and one that reports zero by nothing', async () => {
    const { url, finished } = await whole({ choices: [{ message: { content: 'Hi' } }] })
    const answered = fetch(url)
    const ended = await finished()
    expect(ended.measured.reported).toBeUndefined()
    expect(ended.measured.textBytes).toBe(2)
    await answered
  })

  test('is measured by what was generated, not by the JSON around it, in either dialect', async () => {
    const called = [{ function: { name: 'f', arguments: '{"a":1}' } }, { custom: { name: 'g', input: 'ls' } }]
    const message = { content: '门', reasoning_content: 'abcd', refusal: null, tool_calls: called }
    const chat = await whole({
      id: 'chatcmpl_1',
      choices: [{ index: 0, message }, { message: { refusal: 'no' } }],
    })
    const chatAnswered = fetch(chat.url)
    expect((await chat.finished()).measured.textBytes).toBe(3 + 4 + '{"a":1}'.length + 2 + 2)
    await chatAnswered
    const output = [
      { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'abcd' }] },
      { id: 'msg_1', type: 'message', content: [{ type: 'output_text', text: '门', annotations: [] }] },
      { id: 'fc_1', type: 'function_call', name: 'f', arguments: '{"a":1}' },
      { id: 'ctc_1', type: 'custom_tool_call', name: 'g', input: 'ls' },
    ]
    const responses = await whole({ id: 'resp_1', output }, { dialect: 'responses' })
    const answered = fetch(responses.url)
    expect((await responses.finished()).measured.textBytes).toBe(4 + 3 + '{"a":1}'.length + 2)
    await answered
  })

  test('with usage that cannot be true is measured by its text as well, for what the usage has lost', async () => {
    const usage = { prompt_tokens: 5, completion_tokens: -1 }
    const { url, finished } = await whole({ choices: [{ message: { content: 'Hi' } }], usage })
    const answered = fetch(url)
    expect((await finished()).measured).toMatchObject({ textBytes: 2, reported: { isImplausible: true } })
    await answered
  })

  test.each(['[]', '7', 'null', '"text"', '{"choices":', '{"error":{"message":"no","code":null}}'])(
    '%s of status 200 is the upstream’s failure, and costs nothing',
    async (text) => {
      const { url, finished } = await whole(text)
      const answered = fetch(url)
      expect(await finished()).toMatchObject({ ending: 'upstream_refused', status: 502 })
      expect((await answered).status).toBe(502)
    },
  )
})

describe('a person who loses access', () => {
  test('in the middle of a stream is told in the stream, gets nothing more, and the upstream is read to its end', async () => {
    let finishUpstream = () => {}
    const { url, live, finished } = await relaying((_req, res) => {
      res.writeHead(200, EVENT_STREAM)
      res.write(chunk('Hi'))
      finishUpstream = () => void res.end(chunk('secret') + usageChunk + DONE)
    })
    const response = await fetch(url)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = (await reader?.read())?.value ?? ''
    live.cut(refusal('account_suspended'))
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) text += read.value
    expect(text).toMatch(/^data: .*Hi.*\n\ndata: .*account_suspended.*\n\n$/)
    finishUpstream()
    const ended = await finished()
    expect(ended).toMatchObject({ ending: 'client_left', status: 200, errorCode: 'account_suspended' })
    expect(ended.measured.reported?.usage.outputTokens).toBe(3)
  })
})

test('a client that leaves in the middle of a stream leaves the upstream to be read to its end', async () => {
  let finishUpstream = () => {}
  const { url, live, finished } = await relaying((_req, res) => {
    res.writeHead(200, EVENT_STREAM)
    res.write(chunk('Hi'))
    finishUpstream = () => void res.end(chunk('you') + usageChunk + DONE)
  })
  const leaving = new AbortController()
  const response = await fetch(url, { signal: leaving.signal })
  await response.body?.getReader().read()
  leaving.abort()
  await expect.poll(() => live.isGone).toBe(true)
  finishUpstream()
  const ended = await finished()
  expect(ended).toMatchObject({ ending: 'client_left', errorCode: null })
  expect(ended.measured).toMatchObject({ textBytes: 5, reported: { usage: { outputTokens: 3 } } })
})
