// Loaded before the built server, for comparison only: `synchronous` becomes NORMAL, which may lose the last commits with
// the power, and the redo log is neither flushed nor written past the cache. The product sets FULL and reads it back, so what it reads is answered as
// it expects.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import Database from 'better-sqlite3'

const { openSync } = fs
/**
 * @param {import('node:fs').PathLike} path
 * @param {import('node:fs').OpenMode} flags
 * @param {import('node:fs').Mode | null} [mode]
 */
fs.openSync = function relaxed(path, flags, mode) {
  const { O_DSYNC = 0, O_DIRECT = 0 } = fs.constants
  const relaxedFlags = typeof flags === 'number' ? flags & ~O_DSYNC & ~O_DIRECT : flags
  return openSync(path, relaxedFlags, mode)
}
syncBuiltinESMExports()

const pragma = Database.prototype.pragma

/**
 * @this {import('better-sqlite3').Database}
 * @param {string} source
 * @param {import('better-sqlite3').PragmaOptions} [options]
 */
Database.prototype.pragma = function relaxed(source, options) {
  if (source === 'synchronous = FULL') return pragma.call(this, 'synchronous = NORMAL', options)
  if (source === 'synchronous') return 2
  return pragma.call(this, source, options)
}
