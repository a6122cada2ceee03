// The API keys as the request path sees them: found by their public part, held in memory, forgotten when they change.
import type { SpendingCaps } from '../../contract/limits.ts'
import type { Role } from '../../contract/operations/fields.ts'
import type { KeysRepository } from '../db/repositories/keys.ts'
import type { Writer } from '../db/write.ts'
import type { KeyUse } from '../db/write-command.ts'
import { createRecent } from './recent.ts'

export interface KnownKey {
  readonly keyId: string
  readonly userId: string
  /** What narrows the key is its family's: a key that it was rotated from or to has the same. */
  readonly familyId: string
  readonly name: string
  /** SHA-256 of the secret part, 32 bytes. */
  readonly secretHash: Buffer
  readonly keyStatus: 'active' | 'disabled'
  /** Unix milliseconds, or null for never. */
  readonly expiresAt: number | null
  /** Names of models or aliases; null for all that the owner may use. */
  readonly allowedModels: readonly string[] | null
  readonly caps: SpendingCaps
  readonly userStatus: 'pending' | 'active' | 'suspended' | 'deleted'
  readonly userRole: Role
}

export interface KeyDirectory {
  /** The key with this public part, or undefined; the caller compares the secret in constant time. */
  find(publicId: string): KnownKey | undefined
  forgetKey(keyId: string): void
  forgetFamily(familyId: string): void
  forgetUser(userId: string): void
  /** Remembers when, from where and by what client a key was used; written in batches. */
  noteUse(
    keyId: string,
    use: { readonly at: number; readonly address: string; readonly client: string },
  ): void
  /** Writes the uses that are still noted. */
  stop(): Promise<void>
}

const KEYS_IN_MEMORY_MAX = 20_000
/** How old "last used" may be on a screen, and what a crash may lose of it. */
const USES_WRITTEN_AFTER_MS = 3_000
/** What a client calls itself is its own choice, so it is cut. */
const CLIENT_LENGTH_MAX = 200

export function createKeyDirectory({
  writer,
  repository,
}: {
  readonly writer: Writer
  readonly repository: KeysRepository
}): KeyDirectory {
  // Unknown keys are not remembered: guessing would fill the memory, and a key that is made later would stay unknown.
  const known = createRecent<KnownKey>(KEYS_IN_MEMORY_MAX)
  const uses = new Map<string, KeyUse>()
  let timer: NodeJS.Timeout | undefined

  async function writeUses(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (uses.size === 0) return
    const noted = [...uses.values()]
    uses.clear()
    // The writer reports a failure; the next use of a key brings its row up to date.
    await writer.submit({ kind: 'key_uses', uses: noted }).catch(() => {})
  }

  return {
    find(publicId) {
      const inMemory = known.get(publicId)
      if (inMemory) return inMemory
      const stored = repository.findByPublicId(publicId)
      if (stored) known.set(publicId, stored)
      return stored
    },
    forgetKey: (keyId) => known.deleteWhere((key) => key.keyId === keyId),
    forgetFamily: (familyId) => known.deleteWhere((key) => key.familyId === familyId),
    forgetUser: (userId) => known.deleteWhere((key) => key.userId === userId),
    noteUse(keyId, { at, address, client }) {
      uses.set(keyId, { keyId, at, address, client: client.slice(0, CLIENT_LENGTH_MAX) })
      if (timer) return
      timer = setTimeout(() => void writeUses(), USES_WRITTEN_AFTER_MS)
      timer.unref()
    },
    stop: writeUses,
  }
}
