// The gateway's own certificate authority: made at first use and kept. Its key lies in the secret store alone; its certificate,
// which everybody may have, in a file of the data folder.
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Clock, Ids, SecretStore } from '../ports.ts'
import { type Issued, issueAuthority, issueLeaf } from './certificates.ts'
import { isPermitted } from './subjects.ts'

const KEY_NAME = 'https-authority-key'
const FILE = 'https-authority.json'

const fileShape = z.strictObject({
  version: z.literal(1),
  /** As it stands in the certificate. */
  name: z.string(),
  certificate: z.string(),
  /** DNS names that it may sign, with all below them. */
  permittedNames: z.array(z.string()),
})
type Kept = z.infer<typeof fileShape>

export interface Authority {
  readonly name: string
  /** PEM. */
  readonly certificate: string
  readonly facts: CertificateFacts
  mayName(subject: string): boolean
  /** False where it has ended, or was made while the clock was ahead. */
  holdsAt(nowMs: number): boolean
  /** A leaf for those of the subjects that it may name. */
  issue(subjects: readonly string[]): Issued
}

export interface CertificateFacts {
  /** SHA-256, as pairs of hexadecimal digits with colons. */
  readonly fingerprint: string
  readonly validUntil: number
}

export type AuthorityProblem = 'authority_key_missing' | 'authority_unreadable'

interface AuthorityDeps {
  readonly dataDir: string
  readonly secrets: SecretStore
  readonly clock: Pick<Clock, 'now'>
  readonly ids: Pick<Ids, 'randomBytes'>
}

/** What a new one is called, and which names it may sign. */
export interface AuthorityWish {
  readonly name: string
  readonly permittedNames: readonly string[]
}

/**
 * The one that is there, or a new one where none ever was. One whose key is lost stays lost until somebody asks for another:
 * nobody would trust what was put in its place without a word.
 */
export async function openAuthority(
  deps: AuthorityDeps,
  wish: AuthorityWish,
): Promise<Result<Authority, AuthorityProblem>> {
  const kept = await readKept(deps.dataDir)
  if (!kept.ok) return kept
  const key = await deps.secrets.get(KEY_NAME)
  // With the key alone a certificate can be made that whoever trusted the lost one trusts too: name and key are the same.
  if (kept.value === undefined) return ok(await makeAuthority(deps, wish, key))
  if (key === undefined) return fail('authority_key_missing')
  if (!isKeyOf(key, kept.value.certificate)) return fail('authority_key_missing')
  const authority = toAuthority(deps, kept.value, key)
  if (authority.holdsAt(deps.clock.now())) return ok(authority)
  // Ended, or of a time that the clock was wrong at. Whoever trusts it trusts what its key signs under its name, and only for the
  // names that stand in the one that they have: one more in a leaf, and they would refuse the whole of it.
  return ok(await makeAuthority(deps, kept.value, key))
}

/** A new key and a new certificate; what the old ones signed is trusted no longer by those who trust the new ones alone. */
export const replaceAuthority = (deps: AuthorityDeps, wish: AuthorityWish): Promise<Authority> =>
  makeAuthority(deps, wish, undefined)

async function makeAuthority(
  deps: AuthorityDeps,
  { name, permittedNames }: AuthorityWish,
  key: string | undefined,
): Promise<Authority> {
  const { clock, ids, secrets, dataDir } = deps
  const issued = issueAuthority({
    name,
    permittedNames,
    nowMs: clock.now(),
    randomBytes: ids.randomBytes,
    key,
  })
  if (key === undefined) await secrets.set(KEY_NAME, issued.key)
  const kept: Kept = {
    version: 1,
    name,
    certificate: issued.certificate,
    permittedNames: [...permittedNames],
  }
  const file = join(dataDir, FILE)
  await writeFile(`${file}.new`, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return toAuthority(deps, kept, issued.key)
}

function toAuthority({ clock, ids }: AuthorityDeps, kept: Kept, key: string): Authority {
  const { name, certificate, permittedNames } = kept
  const mayName = (subject: string) => isPermitted(subject, permittedNames)
  return {
    name,
    certificate,
    facts: factsOf(certificate),
    mayName,
    holdsAt: (nowMs) => holdsAt(certificate, nowMs),
    // One name too many, and clients refuse the whole of it.
    issue: (subjects) =>
      issueLeaf({
        authority: { name, certificate, key },
        name: 'Codex Gateway',
        subjects: subjects.filter(mayName),
        nowMs: clock.now(),
        randomBytes: ids.randomBytes,
      }),
  }
}

async function readKept(dataDir: string): Promise<Result<Kept | undefined, AuthorityProblem>> {
  try {
    const kept = fileShape.parse(JSON.parse(await readFile(join(dataDir, FILE), 'utf8')))
    factsOf(kept.certificate)
    return ok(kept)
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return isAbsent ? ok(undefined) : fail('authority_unreadable')
  }
}

function isKeyOf(key: string, certificate: string): boolean {
  try {
    const { publicKey } = new X509Certificate(certificate)
    return createPublicKey(createPrivateKey(key)).equals(publicKey)
  } catch {
    // What cannot be read is no key of anything.
    return false
  }
}

export function factsOf(certificate: string): CertificateFacts {
  const { fingerprint256, validTo } = new X509Certificate(certificate)
  return { fingerprint: fingerprint256, validUntil: Date.parse(validTo) }
}

/** Whether a client whose clock is right takes it. */
export function holdsAt(certificate: string, nowMs: number): boolean {
  const { validFrom, validTo } = new X509Certificate(certificate)
  return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo)
}
