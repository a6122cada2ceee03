// A keychain of its own for a test: a real GNOME Keyring behind a private session of the message bus, unlocked, empty, and gone
// with the test. Nothing of the person who runs the tests is read or written.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Prints the bus's address and stays until its input ends; the session, and with it the keyring, ends then. */
const SESSION = `
  printf %s test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 || exit 90
  printf '%s\\n' "$DBUS_SESSION_BUS_ADDRESS"
  exec cat >/dev/null`

/** The variables under which a program finds this keychain and no other. */
export async function startPrivateKeychain(): Promise<Readonly<Record<string, string>>> {
  const dir = mkdtempSync(join(tmpdir(), 'codex-gateway-keychain-'))
  const folders = { XDG_RUNTIME_DIR: join(dir, 'run'), XDG_DATA_HOME: join(dir, 'data') }
  for (const folder of Object.values(folders)) mkdirSync(folder, { mode: 0o700 })
  const session = spawn('dbus-run-session', ['--', 'sh', '-c', SESSION], {
    env: { ...process.env, ...folders },
    // The bus complains of limits that it may not raise.
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(session, 'exit')
  onTestFinished(async () => {
    session.stdin.end()
    await ended
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  })
  const address = await Promise.race([
    once(session.stdout, 'data').then(([chunk]) => String(chunk).trim()),
    ended.then(([code]) => Promise.reject(new Error(`the private keychain ended with ${code}`))),
  ])
  return { ...folders, DBUS_SESSION_BUS_ADDRESS: address }
}
