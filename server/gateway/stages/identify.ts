// Finds out whose key a request carries. The key is looked up by its public part; the secret part is compared by its hash,
// in constant time, whether or not the public part is known.
import { hash, timingSafeEqual } from 'node:crypto'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { KnownKey } from '../../accounts/key-directory.ts'
import { ofAlikeRequests } from '../../wire/alike-requests.ts'
import type { ClientRequest } from '../../wire/client-exchange.ts'
import type { GatewayDeps } from '../deps.ts'
import { credentialsOf, headersWithCredentials } from '../headers.ts'
import type { Filling, Identified, Received } from '../request.ts'

/** `sk-cg-<public id>-<secret>`, both parts in base62. */
const KEY_FORM = /^sk-cg-([0-9A-Za-z]{8,32})-([0-9A-Za-z]{32,128})$/
const NO_SUCH_HASH = Buffer.alloc(32)
/** Used over and over: memory outside the heap for each request would cost as much as the hash. */
const hashOfSecret = Buffer.alloc(32)

export function identify<R extends Pick<Received, 'req'>>(
  deps: Pick<GatewayDeps, 'keys' | 'clock'>,
  received: R,
): Result<R & { readonly key: KnownKey }, Refusal> {
  const key = keyOf(deps, received)
  if (!key.ok) return key
  const identified = received as Filling<R, Pick<Identified, 'key'>>
  identified.key = key.value
  return ok(identified)
}

/** What a request says about whose it is. */
type Presented =
  | { readonly kind: 'nothing' | 'no_key' }
  | { readonly kind: 'two_keys'; readonly headers: string }
  | {
      readonly kind: 'key'
      readonly publicId: string
      /** SHA-256 of the secret part, a character for each byte. */
      readonly secretHash: string
    }

const NOTHING: Presented = { kind: 'nothing' }
const NO_KEY: Presented = { kind: 'no_key' }

function presentedIn(headers: ClientRequest['headers']): Presented {
  const credentials = credentialsOf(headers)
  const [credential] = credentials
  if (credential === undefined) return NOTHING
  // Two headers that name two keys would let one be checked and another be meant.
  if (credentials.length > 1 && credentials.some((other) => other !== credential))
    return { kind: 'two_keys', headers: headersWithCredentials(headers) }
  const form = KEY_FORM.exec(credential)
  if (!form) return NO_KEY
  const [, publicId = '', secret = ''] = form
  return { kind: 'key', publicId, secretHash: hash('sha256', secret, 'binary') }
}

/** Of each connection once: a client shows the same key with all its requests. Whether it is one, and may be used, is asked each time. */
const presentedBy = ofAlikeRequests(presentedIn)

/** The key that a request carries, where it may be used now. */
export function keyOf(
  deps: Pick<GatewayDeps, 'keys' | 'clock'>,
  { req }: Pick<Received, 'req'>,
): Result<KnownKey, Refusal> {
  const presented = presentedBy(req)
  if (presented.kind === 'nothing') return fail(refusal('missing_api_key'))
  if (presented.kind === 'two_keys')
    return fail(refusal('invalid_api_key', { cause: 'two_keys', headers: presented.headers }))
  const key = presented.kind === 'key' ? keyFor(deps, presented.publicId, presented.secretHash) : undefined
  if (!key) return fail(refusal('invalid_api_key'))
  const refused = lostAccess(key, deps.clock.now())
  return refused ? fail(refused) : ok(key)
}

function keyFor(deps: Pick<GatewayDeps, 'keys'>, publicId: string, secretHash: string): KnownKey | undefined {
  const key = deps.keys.find(publicId)
  hashOfSecret.write(secretHash, 'binary')
  const matches = timingSafeEqual(hashOfSecret, key?.secretHash ?? NO_SUCH_HASH)
  return matches ? key : undefined
}

/** Why this very request would not be let in now: asked again while it runs, for a key is revoked and expires meanwhile. */
export function refusedByNow(
  deps: Pick<GatewayDeps, 'keys' | 'clock'>,
  received: Pick<Received, 'req'>,
): Refusal | undefined {
  const again = keyOf(deps, received)
  return again.ok ? undefined : again.error
}

/** Why this key may not be used now, or undefined where it may. */
function lostAccess(key: KnownKey, now: number): Refusal | undefined {
  if (key.keyStatus !== 'active') return refusal('api_key_disabled')
  if (key.expiresAt !== null && key.expiresAt <= now) return refusal('api_key_expired')
  switch (key.userStatus) {
    case 'active':
      return undefined
    case 'pending':
      return refusal('account_pending')
    case 'suspended':
    case 'deleted':
      return refusal('account_suspended')
  }
}
