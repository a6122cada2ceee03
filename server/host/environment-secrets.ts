// Secrets from the environment, laid over a store that can be written. What the environment sets wins and is never stored.
import type { SecretStoreKind } from '../../contract/operations/upstreams.ts'
import type { SecretStore } from '../ports.ts'

/** What a store is called with the environment in front of it. */
const LAID_OVER = {
  'OS keychain': 'environment, then OS keychain',
  'encrypted file': 'environment, then encrypted file',
  'environment, then OS keychain': 'environment, then OS keychain',
  'environment, then encrypted file': 'environment, then encrypted file',
} as const satisfies Readonly<Record<SecretStoreKind, SecretStoreKind>>

/**
 * `values` maps a secret's name to what the environment gave for it. Writing goes to the store below, where the value
 * waits until the environment no longer speaks for that name.
 */
export function createEnvironmentSecrets(
  values: Readonly<Record<string, string | undefined>>,
  below: SecretStore,
): SecretStore {
  const given = new Map(
    Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  return {
    kind: given.size > 0 ? LAID_OVER[below.kind] : below.kind,
    get: async (name) => given.get(name) ?? (await below.get(name)),
    set: (name, value) => below.set(name, value),
    delete: (name) => below.delete(name),
  }
}
