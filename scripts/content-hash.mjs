// One hash for the contents of files and folders, by which set-up knows what has changed since it last ran.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Covers names and contents, in an order that does not depend on the file system. What does not exist counts as empty.
 *
 * @param {string} root
 * @param {readonly string[]} paths files and folders, relative to the root
 * @param {{ isIgnored?: (path: string) => boolean }} [options]
 * @returns {string} hexadecimal
 */
export function contentHash(root, paths, { isIgnored = () => false } = {}) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap((path) => filesUnder(root, path)).sort()) {
    if (isIgnored(path)) continue
    const content = readFileSync(join(root, path))
    // Lengths keep two neighbours from passing for one.
    hash.update(`${path}\n${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {string[]} with `/` on every system
 */
function filesUnder(root, path) {
  const absolute = join(root, path)
  if (!existsSync(absolute)) return []
  if (!statSync(absolute).isDirectory()) return [path]
  return readdirSync(absolute).flatMap((name) => filesUnder(root, `${path}/${name}`))
}
