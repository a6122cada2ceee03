// The desktop app on Electron itself, for the same tests, wherever its runtime is and a window can be opened:
// `ON_ELECTRON=1 npx vitest run --project desktop`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { _electron } from 'playwright'
import { desktopObstacle, electronPath } from '../../scripts/desktop-runtime.mjs'
import { ROOT } from '../../scripts/setup.mjs'
import type { RunningApp, StartOptions } from './desktop-app.ts'

const RECORDER = join(import.meta.dirname, 'main-process', 'on-electron.cjs')

/** Electron's program where the tests were asked to run on it; with a reason where they were, and it cannot be. */
export function chosenElectron(): string | undefined {
  if (!process.env['ON_ELECTRON']) return undefined
  const obstacle = desktopObstacle({ ...process, argv: [] })
  if (obstacle !== undefined) throw new Error(`ON_ELECTRON is set, but ${obstacle}.`)
  const program = electronPath(ROOT)
  if (program === undefined)
    throw new Error('ON_ELECTRON is set, but its runtime is missing: node node_modules/electron/install.js')
  return program
}

export function startOnElectron(
  executablePath: string,
  { root, args, env, language }: StartOptions,
): RunningApp {
  let printed = ''
  const argumentsWith = (given: readonly string[]) => ['-r', RECORDER, root, ...given]
  const launched = _electron.launch({
    executablePath,
    args: argumentsWith(args),
    cwd: root,
    env: asStrings(env, language),
    // Playwright's own choice is none.
    chromiumSandbox: true,
  })
  // Playwright forgets the process when it has ended.
  const started = launched.then((app) => {
    const child = app.process()
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
      })
    return child
  })
  const exited = started.then(async (child) => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode
  })
  exited.catch(() => undefined)
  const kill = () => started.then((child) => void child.kill('SIGKILL'))
  return {
    exited,
    kill: () => void kill(),
    printed: () => printed,
    firstPage: async () => (await launched).firstWindow(),
    ask: async (source, arg) =>
      (await launched).evaluate(
        (_electronModule, asked) =>
          (globalThis as unknown as { askMainProcess(source: string, arg: unknown): unknown }).askMainProcess(
            asked.source,
            asked.arg,
          ),
        { source, arg },
      ),
    async startAgain(others = args) {
      const again = spawn(executablePath, argumentsWith(others), {
        cwd: root,
        env: asStrings(env, language),
        stdio: 'ignore',
      })
      const [code] = await once(again, 'exit')
      return code
    },
    async end() {
      await kill().catch(() => undefined)
      await exited.catch(() => undefined)
    },
  }
}

function asStrings(env: StartOptions['env'], language: string): Record<string, string> {
  // Electron would rather be Node, where this is set.
  const { ELECTRON_RUN_AS_NODE: _, ...rest } = env
  const given = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(given), ELECTRON_HOST_LANGUAGE: language }
}
