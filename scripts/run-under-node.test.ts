// What a program that was started by a command hears of signals, and what the command's caller hears of its end.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

/** Says that it is there and which signals it hears, and ends with code 7 shortly after the first. */
const PROGRAM = `
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    process.stdout.write(signal + '\\n')
    setTimeout(() => process.exit(7), 400)
  })
}
setInterval(() => {}, 1000)
process.stdout.write('ready ' + process.pid + ' ' + process.argv.slice(2).join(' ') + '\\n')
`
type WhichNode = 'the same Node' | 'another Node'

let dir: string
const started: ChildProcess[] = []
const programPids: number[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'run-under-node-'))
  writeFileSync(join(dir, 'program.mjs'), PROGRAM)
  cpSync(join(import.meta.dirname, 'run-under-node.mjs'), join(dir, 'run-under-node.mjs'))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  // Whoever started it may be gone already.
  for (const pid of programPids.splice(0)) endIfRunning(pid)
  rmSync(dir, { recursive: true, force: true })
})

function endIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself, as it should.
  }
}

/** Writes a command that hands over to the program; returns the words that start it. */
function commandOn(which: WhichNode): [string, string] {
  const node = join(dir, 'node')
  if (which === 'the same Node') symlinkSync(process.execPath, node)
  // Another file, which becomes Node.
  else writeFileSync(node, `#!/bin/sh\nexec ${process.execPath} "$@"\n`, { mode: 0o755 })
  const [nodeText, programText] = [JSON.stringify(node), JSON.stringify(join(dir, 'program.mjs'))]
  writeFileSync(
    join(dir, 'command.mjs'),
    `import { runUnderNode } from './run-under-node.mjs'
     await runUnderNode(${nodeText}, ${programText}, ['--port', '0'])`,
  )
  return [process.execPath, join(dir, 'command.mjs')]
}

function start([program, ...args]: readonly [string, ...string[]], isUnderNpm = false) {
  const { npm_lifecycle_event: _, ...env } = process.env
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: isUnderNpm ? { ...env, npm_lifecycle_event: 'headless' } : env,
  })
  started.push(child)
  return child
}

/** Calls `onReady` with the program's process id once it is there; resolves when everyone has closed stdout. */
function watch(child: ReturnType<typeof start>, onReady: (pid: number) => void) {
  let stdout = ''
  let isReady = false
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8')
    const pid = /ready (\d+) .*\n/.exec(stdout)?.[1]
    if (pid === undefined || isReady) return
    isReady = true
    programPids.push(Number(pid))
    onReady(Number(pid))
  })
  return new Promise<{ code: number | null; heard: readonly string[] }>((resolve) => {
    child.on('close', (code) => resolve({ code, heard: stdout.trim().split('\n').slice(1) }))
  })
}

describe.each(['the same Node', 'another Node'] as const)('on %s', (which) => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'a %s reaches the program once, and its exit code is passed on',
    async (signal) => {
      const child = start(commandOn(which))
      const { code, heard } = await watch(child, () => child.kill(signal))
      expect(heard).toEqual([signal])
      expect(code).toBe(7)
    },
  )

  test('the program is told to stop when the npm that started it is gone', async () => {
    // The shell between npm and the command, which dies of a SIGTERM and passes nothing on.
    const shell = start(['/bin/sh', '-c', `${commandOn(which).join(' ')}; true`], true)
    const { heard } = await watch(shell, () => shell.kill('SIGTERM'))
    expect(heard).toEqual(['SIGTERM'])
  })
})

test('flags are passed on', async () => {
  const child = start(commandOn('another Node'))
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  await watch(child, () => child.kill('SIGTERM'))
  expect(stdout).toMatch(/^ready \d+ --port 0\n/)
})

test('a signal that is sent twice to the command reaches a program on another Node once', async () => {
  const child = start(commandOn('another Node'))
  const { heard } = await watch(child, () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGTERM'), 100)
  })
  expect(heard).toEqual(['SIGTERM'])
})

test('a program that a signal has killed ends the command with the code for that signal', async () => {
  const child = start(commandOn('another Node'))
  const { code } = await watch(child, (pid) => process.kill(pid, 'SIGKILL'))
  expect(code).toBe(128 + 9)
})

test('without npm above it, the program goes on when its parent is gone', async () => {
  const shell = start(['/bin/sh', '-c', `${commandOn('the same Node').join(' ')} & sleep 0.3`])
  const { heard } = await watch(shell, (pid) => {
    setTimeout(() => process.kill(pid, 'SIGINT'), 1_500)
  })
  expect(heard).toEqual(['SIGINT'])
})
