// Set-up: done once, by whoever started the gateway, and never again.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { settingsPatch } from '../settings.ts'
import { email, id, locale, networkFacts, nothing, password } from './fields.ts'

export const upstreamKind = z.enum(['openai', 'demo'])

/** Where an OpenAI-compatible upstream is reached; query and credentials have no place in it. */
export const upstreamBaseUrl = z
  .url({ protocol: /^https?$/, error: 'has to be an http(s) address, such as https://api.openai.com/v1' })
  .max(500)
  .refine((value) => {
    // What is no URL has its own error already.
    if (!URL.canParse(value)) return true
    const url = new URL(value)
    return url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  }, 'must not carry a user name, a password, a query or a fragment')

export const upstreamApiKey = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[\x21-\x7e]+$/, 'has to be printable ASCII without spaces')

export const setupStatus = operation({
  name: 'setup.status',
  audience: 'public',
  input: nothing,
  output: z.strictObject({
    isDone: z.boolean(),
    /** Whether `setup.complete` needs the token printed where the gateway was started (always so over HTTP). */
    isTokenRequired: z.boolean(),
    upstream: z.strictObject({ kind: upstreamKind.nullable(), isConfigured: z.boolean() }),
    /** Told while the set-up is open, to whoever may do it; null to everybody else. */
    network: networkFacts.nullable(),
  }),
})

export const setupComplete = operation({
  name: 'setup.complete',
  audience: 'public',
  input: z.strictObject({
    token: z.string().max(200).optional(),
    /** `locale`: the language of mail to them. */
    admin: z.strictObject({ email, password, locale: locale.optional() }),
    upstream: z.strictObject({
      kind: upstreamKind,
      apiKey: upstreamApiKey.optional(),
      baseUrl: upstreamBaseUrl.optional(),
    }),
    settings: settingsPatch.optional(),
  }),
  output: z.strictObject({ id, email: z.string() }),
})
