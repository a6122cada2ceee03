// HTTPS with an authority of the gateway's own: how it stands, what people have to trust, and a new authority in its place.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { httpsMode } from '../settings.ts'
import { nothing, unixMs } from './fields.ts'

/** SHA-256 of the certificate, as browsers show it: pairs of hexadecimal digits with colons. */
const fingerprint = z.string().regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/)

const httpsView = z.strictObject({
  /** What holds now, whatever decides it. */
  mode: httpsMode,
  /** `failed`: it is wanted, and cannot be had; nothing is served over HTTPS then. */
  state: z.enum(['off', 'starting', 'ready', 'failed']),
  /** Why it failed; null otherwise. */
  problem: z.enum(['authority_key_missing', 'authority_unreadable', 'unexpected']).nullable(),
  /** What people trust; null before it was first made. */
  authority: z.strictObject({ fingerprint, validUntil: unixMs, name: z.string() }).nullable(),
  /** What the gateway shows, and the names and addresses that it holds for. */
  leaf: z.strictObject({ fingerprint, validUntil: unixMs, subjects: z.array(z.string()) }).nullable(),
  /** Names of this gateway that the authority was not made for: a new one would hold for them. */
  uncovered: z.array(z.string()),
})
export type HttpsView = z.infer<typeof httpsView>

export const httpsGet = operation({
  name: 'https.get',
  audience: 'admin',
  input: nothing,
  output: httpsView,
})

/** What everybody who uses the gateway may know, to trust it by. */
export const httpsTrust = operation({
  name: 'https.trust',
  audience: 'user',
  input: nothing,
  output: z.strictObject({
    mode: httpsMode,
    /** Of the authority; null where nothing is served over HTTPS. */
    fingerprint: fingerprint.nullable(),
    /** PEM. */
    certificate: z.string().nullable(),
  }),
})

/** A new authority with a new key. Whoever trusted the old one has to trust this one. */
export const httpsReplaceAuthority = operation({
  name: 'https.replaceAuthority',
  audience: 'admin',
  input: nothing,
  output: httpsView,
})
