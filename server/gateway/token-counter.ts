// Counts the tokens of a body in a worker thread, under a time cap: tokenizers are quadratic on some inputs, and a count
// must never hold up other people's requests. The worker is started when it is first needed.
// biome-ignore lint/style/noRestrictedImports: it opens no database
import { Worker } from 'node:worker_threads'
import type { Logger } from '../ports.ts'

const COUNT_MS_MAX = 1_500
/** Loading the vocabulary takes a second or two on a busy machine; the first count waits for it. */
const START_MS_MAX = 10_000
const WAITING_MAX = 64
/** Behind others, some of which may take too long. */
const WAITING_MS_MAX = 10_000
/** The newest models' vocabulary is not public; o200k_base is an estimate of it. */
const MARGIN = 1.1
const MARGIN_TOKENS = 256

export interface TokenCounter {
  /** At least as many tokens as the body's text has, images left out; undefined where it could not be counted in time. */
  countAtMost(body: Buffer): Promise<number | undefined>
  stop(): Promise<void>
}

export interface CountAnswer {
  /** Undefined where the text could not be read, or is too long. */
  readonly tokens: number | undefined
}

interface Job {
  readonly body: Buffer
  /** For how long it waits for its turn. */
  readonly timer: NodeJS.Timeout
  done(tokens: number | undefined): void
}

interface Thread {
  readonly worker: Worker
  isReady: boolean
  /** What it counts; one at a time, so that one that takes too long takes nothing else with it. */
  job: Job | undefined
  /** Of the start, and then of each count. */
  timer: NodeJS.Timeout
}

// The bundle keeps the worker beside it as a file of its own.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './token-count-worker.ts' : './token-count-worker.mjs',
  import.meta.url,
)

export function createTokenCounter(logger: Pick<Logger, 'warn'>): TokenCounter {
  const waiting = new Set<Job>()
  let thread: Thread | undefined

  /** Ends the thread, and with it what it is counting. */
  async function end(): Promise<void> {
    const ended = thread
    if (!ended) return
    thread = undefined
    clearTimeout(ended.timer)
    ended.job?.done(undefined)
    await ended.worker.terminate()
  }

  function giveUp(): Promise<void> {
    for (const job of waiting) job.done(undefined)
    return end()
  }

  function goOn(): void {
    const job = shortestOf(waiting)
    if (!job) return
    thread ??= start()
    if (!thread.isReady || thread.job) return
    waiting.delete(job)
    clearTimeout(job.timer)
    thread.job = job
    thread.timer = setTimeout(endAndGoOn, COUNT_MS_MAX)
    thread.worker.postMessage(job.body)
  }

  function endAndGoOn(): void {
    void end()
    goOn()
  }

  function start(): Thread {
    const worker = new Worker(WORKER_URL)
    worker.unref()
    const started: Thread = {
      worker,
      isReady: false,
      job: undefined,
      timer: setTimeout(giveUp, START_MS_MAX),
    }
    worker.on('message', (message: 'ready' | CountAnswer) => {
      if (started !== thread) return
      clearTimeout(started.timer)
      if (message === 'ready') started.isReady = true
      else started.job?.done(message.tokens)
      started.job = undefined
      goOn()
    })
    worker.on('error', (error) => {
      if (started !== thread) return
      logger.warn(
        { event: 'token_counter_failed', err: error },
        'the token counter failed; byte bounds are used instead',
      )
      // One that does not even start would fail again.
      if (started.isReady) endAndGoOn()
      else void giveUp()
    })
    return started
  }

  return {
    countAtMost(body) {
      if (waiting.size + (thread?.job ? 1 : 0) >= WAITING_MAX) return Promise.resolve(undefined)
      return new Promise((resolve) => {
        waiting.add(createJob(body, waiting, resolve))
        goOn()
      })
    },
    stop: giveUp,
  }
}

function createJob(body: Buffer, waiting: Set<Job>, resolve: (tokens: number | undefined) => void): Job {
  const job: Job = {
    body,
    timer: setTimeout(() => job.done(undefined), WAITING_MS_MAX),
    done(tokens) {
      clearTimeout(job.timer)
      waiting.delete(job)
      resolve(tokens === undefined ? undefined : Math.ceil(tokens * MARGIN) + MARGIN_TOKENS)
    },
  }
  return job
}

/** The longest are the ones that take too long, and then nobody else should have waited for them. */
function shortestOf(waiting: Iterable<Job>): Job | undefined {
  let shortest: Job | undefined
  for (const job of waiting) if (!shortest || job.body.length < shortest.body.length) shortest = job
  return shortest
}
