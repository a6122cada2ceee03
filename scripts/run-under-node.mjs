// Hands over to a program that needs Node 24: in this process where it runs on that Node already, else in a child.
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { pathToFileURL } from 'node:url'

const PARENT = process.ppid
const PARENT_LOOK_MS = 500

/**
 * Sets the exit code of this process to that of the program.
 *
 * @param {string} node the Node that has to run it
 * @param {string} program absolute path of a module that acts when it is loaded
 * @param {readonly string[]} args
 */
export async function runUnderNode(node, program, args) {
  if (realpathSync(node) !== realpathSync(process.execPath)) {
    process.exitCode = await runInChild(node, [program, ...args])
    return
  }
  whenNpmIsGone(() => process.kill(process.pid, 'SIGTERM'))
  process.argv = [process.execPath, program, ...args]
  await import(pathToFileURL(program).href)
}

/**
 * Runs a program that a person talks to: with our terminal, and ended when we are.
 *
 * @param {string} executable
 * @param {readonly string[]} args
 * @returns {Promise<number>} the program's exit code
 */
export function runInChild(executable, args) {
  const child = spawn(executable, [...args], { stdio: 'inherit' })
  whenNpmIsGone(() => child.kill('SIGTERM'))
  forwardOnce('SIGTERM')
  forwardOnce('SIGHUP')
  // A terminal sends Ctrl-C to the program itself as well; a second one would read as "stop at once".
  if (process.stdin.isTTY) process.on('SIGINT', () => {})
  else forwardOnce('SIGINT')

  /** @param {NodeJS.Signals} signal */
  function forwardOnce(signal) {
    let isForwarded = false
    process.on(signal, () => {
      if (!isForwarded) child.kill(signal)
      isForwarded = true
    })
  }

  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
}

/**
 * npm passes a SIGTERM on to the shell between us and it, and to nobody else; many a shell dies of that without a word to
 * us. A server would then go on alone, with its port and its data folder, after everyone believes it stopped.
 *
 * @param {() => void} stop
 */
function whenNpmIsGone(stop) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return
  const timer = setInterval(() => {
    if (process.ppid === PARENT) return
    clearInterval(timer)
    stop()
  }, PARENT_LOOK_MS)
  timer.unref()
}
