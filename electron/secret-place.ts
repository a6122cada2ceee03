// Where this app keeps secrets. The keychain, unless somebody has said that a file will do: nothing is ever kept in a place
// that nobody chose.
import { createEncryptedSecretFile } from '../server/host/encrypted-secret-file.ts'
import type { Ids, SecretStore } from '../server/ports.ts'
import { keychainProblem } from './keychain.ts'
import type { PreferenceStore } from './preferences.ts'

export interface SecretPlaceDeps {
  readonly preferences: PreferenceStore
  readonly keychain: SecretStore
  readonly dataDir: string
  readonly ids: Pick<Ids, 'randomBytes'>
  /** Tells the person why there is no keychain, and asks whether an encrypted file may take its place. */
  readonly offerFile: (problem: string) => Promise<'file' | 'again' | 'quit'>
}

/** Undefined where the person would rather have no gateway than secrets in a file. */
export async function chooseSecretPlace(deps: SecretPlaceDeps): Promise<SecretStore | undefined> {
  const { preferences, keychain, dataDir, ids } = deps
  const file = () => createEncryptedSecretFile(dataDir, ids)
  if (preferences.get().secretPlace === 'encrypted file') return file()
  for (;;) {
    const problem = await keychainProblem(keychain)
    if (problem === undefined) return keychain
    const choice = await deps.offerFile(problem)
    if (choice === 'quit') return undefined
    if (choice === 'file') {
      preferences.update({ secretPlace: 'encrypted file' })
      return file()
    }
  }
}
