// The desktop app on the stand-in for Electron: a plain process, whose windows are pages of a headless Chromium.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { findNeed } from '../../scripts/system-needs.ts'
import type { RunningApp, StartOptions } from './desktop-app.ts'

const REGISTER = join(import.meta.dirname, 'stand-in', 'register.mjs')

export function startOnStandIn({ root, args, env, language }: StartOptions): RunningApp {
  let printed = ''
  const run = (given: readonly string[]): ChildProcess => {
    const child = fork(join(root, 'dist', 'electron', 'main.mjs'), given, {
      cwd: root,
      // Of promises that fail for nobody it warns, as Electron does, and does not end as Node would.
      execArgv: ['--import', REGISTER, '--enable-source-maps', '--unhandled-rejections=warn-with-error-code'],
      // A group of its own, so that its browser ends with it, however it ends.
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...env,
        ELECTRON_HOST_ROOT: root,
        ELECTRON_HOST_CHROMIUM: findNeed('chromium') ?? '',
        ELECTRON_HOST_LANGUAGE: language,
      },
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
      })
    return child
  }

  const child = run(args)
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const { endpoint, ask } = speakWith(child, () => printed)
  let browser: Browser | undefined
  return {
    exited,
    kill: () => killGroup(child),
    printed: () => printed,
    async firstPage() {
      // Without Playwright's own defaults, under which a page never becomes hidden.
      browser ??= await chromium.connectOverCDP(await endpoint, { noDefaults: true })
      const [context] = browser.contexts()
      if (context === undefined) throw new Error('the browser has no context')
      return context.pages()[0] ?? (await context.waitForEvent('page'))
    },
    ask,
    async startAgain(others = args) {
      const [code] = await once(run(others), 'exit')
      return code
    },
    async end() {
      await browser?.close().catch(() => undefined)
      killGroup(child)
      await exited
    },
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

/** A function's text goes over, its result comes back. */
function speakWith(child: ChildProcess, printed: () => string) {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const endpoint = Promise.withResolvers<string>()
  endpoint.promise.catch(() => undefined)
  let count = 0
  child.on('message', (message: { endpoint?: string; id: number; isOk: boolean; value: unknown }) => {
    if (message.endpoint !== undefined) return endpoint.resolve(message.endpoint)
    const answer = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.isOk) answer?.resolve(message.value)
    else answer?.reject(new Error(String(message.value)))
  })
  child.once('exit', (code) => {
    const gone = new Error(`the app ended with ${code}:\n${printed()}`)
    endpoint.reject(gone)
    for (const answer of waiting.values()) answer.reject(gone)
  })
  async function ask(source: string, arg: unknown): Promise<unknown> {
    await endpoint.promise
    const answer = Promise.withResolvers<unknown>()
    count += 1
    waiting.set(count, answer)
    child.send({ id: count, source, arg })
    return answer.promise
  }
  return { endpoint: endpoint.promise, ask }
}
