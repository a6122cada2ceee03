// Counts the tokens of a body in a worker thread, under a time cap: tokenizers are quadratic on some inputs, and a count
// must never hold up other people's requests. The worker is started when it is first needed.
// biome-ignore lint/style/noRestrictedImports: it opens no database
import { Worker } from 'node:worker_threads'
import type { Logger } from '../ports.ts'

const COUNT_MS_MAX = 1_500
/** Loading the vocabulary takes a second or two on a busy machine; the first count waits for it. */
const START_MS_MAX = 10_000
const WAITING_MAX = 64
/** The newest models' vocabulary is not public; o200k_base is an estimate of it. */
const MARGIN = 1.1
const MARGIN_TOKENS = 256

export interface TokenCounter {
  /** At least as many tokens as the body's text has, images left out; undefined where it could not be counted in time. */
  countAtMost(body: Buffer): Promise<number | undefined>
  stop(): Promise<void>
}

export interface CountRequest {
  readonly id: number
  readonly body: Uint8Array
}

export interface CountAnswer {
  readonly id: number
  /** Undefined where the text could not be read. */
  readonly tokens: number | undefined
}

// The bundle keeps the worker beside it as a file of its own.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './token-count-worker.ts' : './token-count-worker.mjs',
  import.meta.url,
)

export function createTokenCounter(logger: Pick<Logger, 'warn'>): TokenCounter {
  let worker: Worker | undefined
  let isReady = false
  let nextId = 0
  const waiting = new Map<number, (tokens: number | undefined) => void>()

  function giveUp(): void {
    const stopped = worker
    worker = undefined
    isReady = false
    for (const resolve of waiting.values()) resolve(undefined)
    waiting.clear()
    void stopped?.terminate()
  }

  function start(): Worker {
    const started = new Worker(WORKER_URL)
    started.unref()
    started.on('message', (message: 'ready' | CountAnswer) => {
      if (started !== worker) return
      if (message === 'ready') {
        isReady = true
        return
      }
      waiting.get(message.id)?.(message.tokens)
      waiting.delete(message.id)
    })
    started.on('error', (error) => {
      if (started !== worker) return
      logger.warn(
        { event: 'token_counter_failed', err: error },
        'the token counter failed; byte bounds are used instead',
      )
      giveUp()
    })
    return started
  }

  return {
    countAtMost(body) {
      if (waiting.size >= WAITING_MAX) return Promise.resolve(undefined)
      worker ??= start()
      nextId += 1
      const request: CountRequest = { id: nextId, body }
      return new Promise((resolve) => {
        // A count that takes too long blocks those behind it as well: the worker is ended and started anew on demand.
        const timer = setTimeout(giveUp, isReady ? COUNT_MS_MAX : START_MS_MAX)
        waiting.set(request.id, (tokens) => {
          clearTimeout(timer)
          resolve(tokens === undefined ? undefined : Math.ceil(tokens * MARGIN) + MARGIN_TOKENS)
        })
        worker?.postMessage(request)
      })
    },
    async stop() {
      const stopped = worker
      giveUp()
      await stopped?.terminate()
    },
  }
}
