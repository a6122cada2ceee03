// Runs a TypeScript file in a process of its own, so that a test can kill it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export interface RunningChild {
  readonly pid: number
  /** Ends the process at once, without a chance to clean up, and waits until it is gone. */
  kill(): Promise<void>
}

/** Resolves when the child has printed `line` on a line of its own; rejects where it ends before. */
export async function startChild(file: string, args: readonly string[], line: string): Promise<RunningChild> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await printed(child, line)
  const exited = once(child, 'exit')
  return {
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

function printed(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let out = ''
    let errors = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.split('\n').includes(line)) resolve()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`the child ended with ${code} before it printed "${line}": ${errors}`)),
    )
  })
}
