// Progress that a person can follow, on stderr: what is being done, that it goes on, and how long it took.
const EVERY_MS = 10_000

/** @param {string} line */
export function say(line) {
  process.stderr.write(`[set-up] ${line}\n`)
}

/**
 * @template T
 * @param {string} what such as `Installing packages`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(what, work) {
  const startedAt = process.hrtime.bigint()
  const seconds = () => Math.round(Number(process.hrtime.bigint() - startedAt) / 1e9)
  say(`${what} …`)
  const timer = setInterval(() => say(`${what} … ${seconds()} s`), EVERY_MS)
  try {
    const result = await work()
    say(`${what}: done in ${seconds()} s.`)
    return result
  } finally {
    clearInterval(timer)
  }
}
