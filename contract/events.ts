// What is pushed to screens, so that none has to ask again and again. An event says what changed, and not everything about
// it: a screen that needs more asks for it. Events are hints; the answers of operations are the truth.
import { z } from 'zod'
import { id, nanoUsd, unixMs } from './operations/fields.ts'
import { usageRow } from './usage.ts'

const event = <const Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), at: unixMs, ...shape })

/** One request as it ended; the row that stands in the usage list. */
export const requestFinished = event('request.finished', { userId: id, row: usageRow })

const otherEvents = [
  /** How many requests are running now, those included whose client has left. */
  event('requests.running', { running: z.int() }),
  event('balance.changed', {
    userId: id,
    balanceNanoUsd: nanoUsd,
    creditLimitNanoUsd: nanoUsd,
    openHoldsNanoUsd: nanoUsd,
    availableNanoUsd: nanoUsd,
  }),
  /** Somebody's key was made, changed or deleted. */
  event('key.changed', { userId: id, keyId: id.nullable(), operation: z.string() }),
  /** A person was made or changed: status, role, password, sessions. */
  event('user.changed', { userId: id, operation: z.string() }),
  event('settings.changed', { operation: z.string() }),
  event('price.changed', { operation: z.string() }),
  /** Anything else that an operation changed, by the noun of the operation: plans, codes, limits, upstreams … */
  event('data.changed', { noun: z.string(), operation: z.string(), userId: id.nullable() }),
  /** A model without a price was asked for. */
  event('price.missing', { model: z.string(), askedBy: id }),
  /** An upstream began or ceased to answer as it should. `code` names what is wrong. */
  event('upstream.health', { upstreamId: id, isHealthy: z.boolean(), code: z.string().nullable() }),
  /** Somebody was given a notice, of this kind. */
  event('notice.given', { userId: id, kind: z.enum(['quota', 'low_balance', 'key_new_address']) }),
  event('ledger.checked', { isConsistent: z.boolean() }),
  /** Another device has reached the gateway at this address of its machine for the first time. */
  event('network.reached', { address: z.string() }),
  /** The addresses of the gateway's machine, its name in the network, or what it answers over have changed. */
  event('network.changed', {}),
  event('backup.finished', { backupId: z.string().nullable(), isDone: z.boolean() }),
] as const

/** As it is published inside the server: one event for one thing. */
export const gatewayEvent = z.discriminatedUnion('type', [requestFinished, ...otherEvents])
export type GatewayEvent = z.infer<typeof gatewayEvent>

/** Finished requests are many, so they are sent in sums, with the last of them. */
const requestsFinished = event('requests.finished', {
  count: z.int(),
  errorCount: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costNanoUsd: nanoUsd,
  /** The last ones, the newest first; at most `ROWS_SENT_MAX`. */
  rows: z.array(usageRow),
})
export const ROWS_SENT_MAX = 20

/**
 * As it arrives at a screen. `hello` comes first; `resync` says that events were lost, so everything is to be asked anew;
 * `session.ended` comes last, where the session is over before the stream is.
 */
export const pushedEvent = z.discriminatedUnion('type', [
  requestsFinished,
  ...otherEvents,
  event('hello', { version: z.string() }),
  event('resync', {}),
  event('session.ended', {}),
])
export type PushedEvent = z.infer<typeof pushedEvent>

/** Sent to every signed-in person; the rest goes to administrators, and to the person whose `userId` it carries. */
const FOR_EVERYONE: ReadonlySet<GatewayEvent['type']> = new Set(['settings.changed', 'price.changed'])

export const isForEveryone = (type: GatewayEvent['type']): boolean => FOR_EVERYONE.has(type)

/** Whose event it is, beside the administrators'. */
export const userIdOf = (published: GatewayEvent): string | null =>
  'userId' in published ? published.userId : null
