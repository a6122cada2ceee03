// Starts the processes that are measured, each pinned to one core where the system can, and reads what the kernel counts.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** The load and its upstream; everything that is measured. */
export type Core = 'load' | 'measured'
let cores: Readonly<Record<Core, string>> = { load: '0', measured: '1' }

/** From now on everything may run anywhere, as on a machine that nobody arranged. */
export function shareCores(): void {
  cores = { load: '0,1', measured: '0,1' }
}

const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** Whether processes were pinned; without it the figures are those of a busy machine. */
export const isPinned = canPin

/** Linux counts processor time in hundredths of a second, whatever the machine (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100

export interface Child {
  readonly pid: number
  /** Everything that it wrote to stdout up to the first match. Rejects where it ends before that, or after a minute. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with the rest of stdout when it has ended. */
  ended(): Promise<string>
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly core: Core
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const WAIT_MS_MAX = 60_000

export function startChild(program: string, args: readonly string[], options: ChildOptions): Child {
  const [command, rest] = canPin
    ? ['taskset', ['-c', cores[options.core], program, ...args]]
    : [program, [...args]]
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
  })
  const gone = once(child, 'close')
  let out = ''
  let complaints = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2_000)
  })
  return {
    pid: child.pid ?? 0,
    async waitFor(pattern) {
      const giveUpAt = performance.now() + WAIT_MS_MAX
      while (performance.now() < giveUpAt) {
        const match = pattern.exec(out)
        if (match) return match
        if (child.exitCode !== null) throw new Error(`${program} ${args.join(' ')} ended: ${complaints}`)
        // Short, because the time to the ready line is one of the figures.
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      throw new Error(`${program} ${args.join(' ')} is not ready: ${complaints}`)
    },
    async ended() {
      await gone
      if (child.exitCode !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${complaints}`)
      return out
    },
    stop: () => stop(child, gone),
  }
}

async function stop(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(killer)
}

/** Processor time of all threads of a process so far, in seconds; NaN where the system does not tell. */
export function cpuSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // utime and stime are the 14th and 15th field (proc(5)); the name before them may contain spaces.
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}

/** Resident memory in MiB; NaN where the system does not tell. */
export function residentMbOf(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kib ?? Number.NaN) / 1024
  } catch {
    return Number.NaN
  }
}
