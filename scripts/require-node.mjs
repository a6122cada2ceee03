// Imported first by every command: an older Node gets one clear line instead of a stack trace. The modules that a command
// imports after this one keep to syntax that Node 16 can read, since all of them are read before any of them runs.
const OLDEST = '20.19'

/**
 * @param {string} version such as `20.19.4`
 * @returns {boolean}
 */
export function isNodeNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 20 || (major === 20 && minor >= 19)
}

if (!isNodeNewEnough(process.versions.node)) {
  process.stderr.write(
    `Codex Gateway needs Node ${OLDEST} or newer to set itself up, and this is Node ${process.versions.node}. ` +
      'Install a current Node from nodejs.org and run the command again.\n',
  )
  process.exit(1)
}
