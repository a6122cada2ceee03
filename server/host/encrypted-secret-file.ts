// Secrets in an encrypted file with a key file of its own, for machines without a keychain. It keeps a backup or a stray
// copy of one file from giving the secrets away; whoever can read the whole data folder as its owner can read them.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Ids, SecretStore } from '../ports.ts'

const OWNER_ONLY = 0o600
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

/** Backups of the database hold neither file. */
const ENTER_AGAIN =
  'Put both files back from a copy of the folder, or remove both and enter the secrets again.'

const fileShape = z.strictObject({ version: z.literal(1), secrets: z.record(z.string(), z.string()) })
type Sealed = Readonly<Record<string, string>>

/** What is kept cannot be read; the message names the file, and what to do about it. */
export class SecretsUnreadableError extends Error {
  override readonly name = 'SecretsUnreadableError'
}

/** Keeps `secrets.json` and `secrets.key` in `dir`, both readable by their owner only. */
export function createEncryptedSecretFile(dir: string, ids: Pick<Ids, 'randomBytes'>): SecretStore {
  const file = join(dir, 'secrets.json')
  const keyFile = join(dir, 'secrets.key')
  // One change after another: each reads the file, changes one name and replaces the file whole.
  let lastChange: Promise<unknown> = Promise.resolve()

  const change = (edit: (sealed: Sealed, key: Buffer) => Sealed): Promise<void> => {
    const run = lastChange.then(async () => {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      const sealed = await readSealed(file)
      const key = await readKey(keyFile, { mayCreate: Object.keys(sealed).length === 0, ids })
      await replaceFile(file, `${JSON.stringify({ version: 1, secrets: edit(sealed, key) }, null, 2)}\n`)
    })
    // A failed change must not keep the next one from being tried; its own caller has the error.
    lastChange = run.catch(() => undefined)
    return run
  }

  return {
    kind: 'encrypted file',
    async get(name) {
      await lastChange
      const text = (await readSealed(file))[name]
      if (text === undefined) return undefined
      return openSealed(name, text, await readKey(keyFile, { mayCreate: false, ids }), file)
    },
    set: (name, value) =>
      change((sealed, key) => ({ ...sealed, [name]: seal(name, value, key, ids.randomBytes(IV_BYTES)) })),
    delete: (name) =>
      change((sealed) => Object.fromEntries(Object.entries(sealed).filter(([other]) => other !== name))),
  }
}

/** AES-256-GCM; the name is authenticated with it, so that no secret can be passed off as another. */
function seal(name: string, value: string, key: Buffer, iv: Buffer): string {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name))
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')
}

function openSealed(name: string, text: string, key: Buffer, file: string): string {
  const bytes = Buffer.from(text, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    )
  } catch (cause) {
    throw new SecretsUnreadableError(
      `The secret "${name}" in ${file} cannot be decrypted: the file or its key was changed. ${ENTER_AGAIN}`,
      { cause },
    )
  }
}

async function readSealed(file: string): Promise<Sealed> {
  const text = await readOrUndefined(file)
  if (text === undefined) return {}
  try {
    return fileShape.parse(JSON.parse(text)).secrets
  } catch (cause) {
    throw new SecretsUnreadableError(`${file} is not a file of secrets. ${ENTER_AGAIN}`, { cause })
  }
}

async function readKey(
  keyFile: string,
  how: { mayCreate: boolean; ids: Pick<Ids, 'randomBytes'> },
): Promise<Buffer> {
  const text = await readOrUndefined(keyFile)
  if (text !== undefined) {
    const key = Buffer.from(text.trim(), 'base64')
    if (key.length !== KEY_BYTES)
      throw new SecretsUnreadableError(
        `${keyFile} does not hold a key of ${KEY_BYTES} bytes in base64. ${ENTER_AGAIN}`,
      )
    await chmod(keyFile, OWNER_ONLY)
    return key
  }
  if (!how.mayCreate) {
    throw new SecretsUnreadableError(
      `${keyFile} is missing, so the stored secrets cannot be read. ${ENTER_AGAIN}`,
    )
  }
  const key = how.ids.randomBytes(KEY_BYTES)
  await replaceFile(keyFile, `${key.toString('base64')}\n`)
  return key
}

/** Written beside, flushed to the disk and renamed over: after a crash there is the old file or the new one, whole. */
async function replaceFile(file: string, text: string): Promise<void> {
  const beside = `${file}.new`
  await rm(beside, { force: true })
  const handle = await open(beside, 'wx', OWNER_ONLY)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
  await syncFolder(dirname(file))
}

async function syncFolder(dir: string): Promise<void> {
  // Windows cannot open a folder as a file, and needs no flush for a rename to be kept.
  if (process.platform === 'win32') return
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function readOrUndefined(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
