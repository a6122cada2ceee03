// The keys of the upstreams beside the primary one. A key is kept together with the host that it was entered for, so that no
// change of an address, not even a restored database, sends it anywhere else.
import type { SecretStore } from '../ports.ts'

export interface UpstreamKeys {
  /** Undefined where there is none, or none for this host. */
  get(upstreamId: string, baseUrl: string): Promise<string | undefined>
  set(upstreamId: string, baseUrl: string, apiKey: string): Promise<void>
  forget(upstreamId: string): Promise<void>
  /** Where they are kept, in words. */
  readonly keptIn: string
}

const nameOf = (upstreamId: string): string => `upstream-key:${upstreamId}`

export const createUpstreamKeys = (secrets: SecretStore): UpstreamKeys => ({
  async get(upstreamId, baseUrl) {
    const kept = (await secrets.get(nameOf(upstreamId)))?.split(' ')
    return kept?.[0] === new URL(baseUrl).origin ? kept[1] : undefined
  },
  // Neither an origin nor a key has a space in it.
  set: (upstreamId, baseUrl, apiKey) =>
    secrets.set(nameOf(upstreamId), `${new URL(baseUrl).origin} ${apiKey}`),
  forget: (upstreamId) => secrets.delete(nameOf(upstreamId)),
  keptIn: secrets.kind,
})
