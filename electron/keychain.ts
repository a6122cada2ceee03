// Secrets in the keychain of the operating system: Keychain on macOS, Credential Manager on Windows, Secret Service on Linux.
import { createHash } from 'node:crypto'
import { AsyncEntry } from '@napi-rs/keyring'
import type { SecretStore } from '../server/ports.ts'

const SERVICE = 'codex-gateway'
/**
 * Named, because the library otherwise keeps secrets in the kernel's memory where there is no Secret Service, and they are
 * gone with the next start of the machine.
 */
const OPTIONS = { linux: { store: 'secret-service' } } as const

/** Each data folder has secrets of its own, so that two gateways of one person do not share a key. */
export function createKeychain(dataDir: string): SecretStore {
  const folder = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  // Made anew each time: the keychain may be locked, unlocked or restarted between two calls.
  const entry = (name: string) => new AsyncEntry(SERVICE, `${name} (${folder})`, OPTIONS)
  return {
    kind: 'OS keychain',
    get: async (name) => (await entry(name).getPassword()) ?? undefined,
    set: (name, value) => entry(name).setPassword(value),
    async delete(name) {
      await entry(name).deletePassword()
    },
  }
}

/** Why the keychain cannot be used, in the words of the system; undefined where a secret was written, read and removed again. */
export async function keychainProblem(keychain: SecretStore): Promise<string | undefined> {
  const probe = 'availability probe'
  try {
    await keychain.set(probe, probe)
    const isKept = (await keychain.get(probe)) === probe
    await keychain.delete(probe)
    return isKept ? undefined : 'A secret that was written could not be read again.'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
