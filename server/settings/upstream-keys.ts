// The keys of the upstreams. A key is kept together with the host that it was entered for, so that no change of an address,
// not one that was stored in half, not even a restored database, sends it anywhere else.
import { PRIMARY_UPSTREAM, type SecretStoreKind } from '../../contract/operations/upstreams.ts'
import type { SecretStore } from '../ports.ts'

export interface UpstreamKeys {
  /** Undefined where there is none, or none for this host. */
  get(upstreamId: string, baseUrl: string): Promise<string | undefined>
  /** With the host that it is for, whichever that is. */
  kept(upstreamId: string): Promise<KeptKey | undefined>
  set(upstreamId: string, baseUrl: string, apiKey: string): Promise<void>
  forget(upstreamId: string): Promise<void>
  /** Where they are kept. */
  readonly keptIn: SecretStoreKind
}

export interface KeptKey {
  readonly origin: string
  readonly apiKey: string
}

const nameOf = (upstreamId: string): string => `upstream-key:${upstreamId}`

export function createUpstreamKeys(secrets: SecretStore): UpstreamKeys {
  async function kept(upstreamId: string): Promise<KeptKey | undefined> {
    const [origin, apiKey] = (await secrets.get(nameOf(upstreamId)))?.split(' ') ?? []
    return origin === undefined || apiKey === undefined ? undefined : { origin, apiKey }
  }
  return {
    async get(upstreamId, baseUrl) {
      const key = await kept(upstreamId)
      return key?.origin === new URL(baseUrl).origin ? key.apiKey : undefined
    },
    kept,
    // Neither an origin nor a key has a space in it.
    set: (upstreamId, baseUrl, apiKey) =>
      secrets.set(nameOf(upstreamId), `${new URL(baseUrl).origin} ${apiKey}`),
    forget: (upstreamId) => secrets.delete(nameOf(upstreamId)),
    keptIn: secrets.kind,
  }
}

/** Where earlier versions kept the key of the primary upstream, without a host. */
const UNBOUND_KEY = 'upstream-key'

/**
 * A key that an earlier version has stored becomes that of the host that the database names. Where it names none, nobody can
 * tell whose it is, and it is forgotten. Not for a start whose environment brings a key: that is found under the same name.
 */
export async function bindKeyOfEarlierVersion(
  secrets: SecretStore,
  keys: UpstreamKeys,
  baseUrl: string | undefined,
): Promise<void> {
  const apiKey = await secrets.get(UNBOUND_KEY)
  if (apiKey === undefined) return
  const isBound = (await keys.kept(PRIMARY_UPSTREAM)) !== undefined
  if (!isBound && baseUrl !== undefined) await keys.set(PRIMARY_UPSTREAM, baseUrl, apiKey)
  await secrets.delete(UNBOUND_KEY)
}
