// Secrets that the server must read again, sealed with AES-256-GCM under the data key that the secret store holds.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { SealedValuesRepository } from '../db/repositories/sealed-values.ts'
import type { Clock, Ids, SecretStore } from '../ports.ts'

export interface SealedValues {
  /** Throws SealedValueError where the value cannot be opened: the data key is another one, so it must be entered again. */
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  /** Whether there is one, openable or not. */
  has(name: string): boolean
  /** Stores what a sealer has sealed under this name; may be part of a transaction. */
  put(name: string, sealed: Buffer): void
  delete(name: string): void
  /** For what is kept elsewhere than by name, or sealed before a transaction or in the middle of it. */
  sealer(): Promise<Sealer>
}

/** Seals and opens with the data key as it was when this was asked for. */
export interface Sealer {
  /** What is sealed under one name opens under no other. */
  seal(name: string, value: string): Buffer
  /** Throws SealedValueError. */
  open(name: string, sealed: Buffer): string
}

export class SealedValueError extends Error {
  override readonly name = 'SealedValueError'
}

const DATA_KEY = 'data-key'
const KEY_BYTES = 32
/** Sizes from NIST SP 800-38D: a nonce of 96 bits, a tag of 128. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

export function createSealedValues({
  repository,
  secrets,
  clock,
  ids,
}: {
  readonly repository: SealedValuesRepository
  readonly secrets: SecretStore
  readonly clock: Clock
  readonly ids: Pick<Ids, 'randomBytes'>
}): SealedValues {
  let dataKey: Promise<Buffer> | undefined

  /** Asked once; two first uses at the same moment must not make two keys. A failure is not remembered. */
  function loadDataKey(): Promise<Buffer> {
    dataKey ??= findOrMakeDataKey(secrets, ids).catch((error: unknown) => {
      dataKey = undefined
      throw error
    })
    return dataKey
  }

  return {
    async get(name) {
      const sealed = repository.get(name)
      return sealed === undefined ? undefined : open(name, sealed, await loadDataKey())
    },
    async set(name, value) {
      const key = await loadDataKey()
      repository.set(name, seal(name, value, key, ids.randomBytes(NONCE_BYTES)), clock.now())
    },
    has: (name) => repository.get(name) !== undefined,
    put: (name, sealed) => repository.set(name, sealed, clock.now()),
    delete: (name) => repository.delete(name),
    async sealer() {
      const key = await loadDataKey()
      return {
        seal: (name, value) => seal(name, value, key, ids.randomBytes(NONCE_BYTES)),
        open: (name, sealed) => open(name, sealed, key),
      }
    },
  }
}

async function findOrMakeDataKey(secrets: SecretStore, ids: Pick<Ids, 'randomBytes'>): Promise<Buffer> {
  const stored = await secrets.get(DATA_KEY)
  if (stored === undefined) {
    const made = ids.randomBytes(KEY_BYTES)
    await secrets.set(DATA_KEY, made.toString('base64'))
    return made
  }
  const key = Buffer.from(stored, 'base64')
  if (key.length !== KEY_BYTES) {
    throw new SealedValueError(
      `The secret "${DATA_KEY}" in ${secrets.kind} is not ${KEY_BYTES} bytes in base64.`,
    )
  }
  return key
}

/** nonce, tag, text. The name is authenticated with it, so that no value can be passed off as another. */
function seal(name: string, value: string, key: Buffer, nonce: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text])
}

function open(name: string, sealed: Buffer, key: Buffer): string {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
  const text = sealed.subarray(NONCE_BYTES + TAG_BYTES)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(name)).setAuthTag(tag)
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SealedValueError(
      `The sealed value "${name}" does not open with this data key. It has to be entered again.`,
      { cause },
    )
  }
}
