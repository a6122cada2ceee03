// Runs one program of the set-up or of the checks to its end, and takes it along when we are told to stop.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** @type {readonly NodeJS.Signals[]} */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** @satisfies {Record<string, import('node:child_process').StdioOptions>} */
const STREAMS = {
  // Our own stdout is kept for the ready line and for test results.
  stderr: ['ignore', 2, 2],
  inherit: ['ignore', 'inherit', 'inherit'],
  collect: ['ignore', 'pipe', 'pipe'],
}

/**
 * @typedef {object} ChildOptions
 * @property {string} cwd
 * @property {Record<string, string | undefined>} [env] added to our own environment
 * @property {'stderr' | 'inherit' | 'collect'} [output] where it goes: all of it to our stderr, each stream to our own, or
 *   nowhere but into the result
 * @property {boolean} [shell]
 */

/**
 * Never rejects: a program that cannot be started ends with code 127 and says why in its output.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {ChildOptions} options
 * @returns {Promise<{ code: number, stdout: string, output: string }>} `output` is stdout and stderr as they came; both are
 *   empty unless they were collected
 */
export function runChild(program, args, { cwd, env = {}, output = 'stderr', shell = false }) {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], {
      cwd,
      shell,
      env: { ...process.env, ...env },
      stdio: STREAMS[output],
    })
    // An installer that outlives us would write into the folder that the next run is mending.
    const stop = (/** @type {NodeJS.Signals} */ signal) => {
      child.once('close', () => process.exit(128 + constants.signals[signal]))
      child.kill(signal)
    }
    for (const signal of STOP_SIGNALS) process.once(signal, stop)
    /** @type {Buffer[]} */
    const fromStdout = []
    /** @type {Buffer[]} */
    const fromBoth = []
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => {
      fromStdout.push(chunk)
      fromBoth.push(chunk)
    })
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => fromBoth.push(chunk))
    /** @param {number} code @param {string} text */
    const end = (code, text) => {
      for (const signal of STOP_SIGNALS) process.removeListener(signal, stop)
      resolve({ code, stdout: Buffer.concat(fromStdout).toString('utf8'), output: text })
    }
    child.on('error', (error) => end(127, `${program}: ${error.message}`))
    child.on('close', (code, signal) => {
      const text = Buffer.concat(fromBoth).toString('utf8')
      end(code ?? 1, signal ? `${text}\n${program} was ended by ${signal}` : text)
    })
  })
}
