// Live settings: kept in the database, changed while the server runs. Every one has a default that nobody must change.
import { z } from 'zod'

const modelName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'must not contain control characters')
const hostName = z
  .string()
  .max(253)
  .toLowerCase()
  .regex(
    /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/,
    'has to be a host name without scheme and port, such as gateway.example.com',
  )

/** As browsers write it: scheme, host and, where it is not the scheme's own, port. Some apps have a scheme of their own. */
const origin = z
  .string()
  .max(300)
  .toLowerCase()
  .regex(
    /^[a-z][a-z0-9+.-]*:\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/,
    'has to be an origin, such as https://chat.example.com or http://localhost:3000, without a path',
  )
  .refine(
    (text) => !/^(http:.*:80|https:.*:443)$/.test(text),
    'has to leave out the usual port, as browsers do',
  )

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Nobody, this machine, or the network. */
export const remoteAdministration = z.enum(['off', 'loopback', 'lan'])
export type RemoteAdministration = z.infer<typeof remoteAdministration>
/** Who may register: nobody, with an invitation, after approval, anyone. */
export const registrationMode = z.enum(['closed', 'invite', 'approval', 'open'])

/** Over what the gateway answers: HTTP alone, HTTPS beside it on the same port, or HTTPS alone. */
export const httpsMode = z.enum(['off', 'beside_http', 'only'])
export type HttpsMode = z.infer<typeof httpsMode>

/** Whether the OpenAI side answers over WebSocket as well. */
export const webSocketsMode = z.enum(['on', 'off'])

/** The first part of a name that ends in `.local`; empty for none. */
const localName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?)?$/,
    'has to be letters, digits and hyphens, at most 60, such as codex-gateway',
  )

/** Where people reach the gateway, as it stands in the links that are mailed; empty for the address that was asked. */
const publicBaseUrl = z
  .string()
  .max(300)
  .trim()
  .transform((text) => text.replace(/\/+$/, ''))
  .refine((text) => {
    if (text === '') return true
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
    const { username, password, search, hash } = new URL(text)
    return [username, password, search, hash].every((part) => part === '')
  }, 'has to be an http(s) address without query, such as https://gateway.example.com')

const productName = z
  .string()
  .trim()
  .min(1, 'has to have at least 1 character')
  .max(60, 'has to have at most 60 characters')
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must not contain control characters')

const fields = {
  /** Shown on every dashboard; empty for none. */
  announcement: z.string().max(2000),
  /** Nano-dollars given to a new user once. */
  defaultBalanceNanoUsd: z.int().min(0),
  registration: registrationMode,
  /** Names that clients may use for a model: alias → model. */
  modelAliases: z.record(modelName, modelName),
  /** Applied to every charge, in parts per million; 1,000,000 charges the price as it is. */
  multiplierPpm: z.int().min(0).max(1_000_000_000),
  /** Host names, beside IP addresses and localhost, that requests may carry. */
  allowedHosts: z.array(hostName).max(50),
  /** Origins whose pages may call the OpenAI side from a browser. */
  corsOrigins: z.array(origin).max(50),
  /** How long a session lasts, in days. */
  sessionDays: z.int().min(1).max(365),
  /** How long an upstream is read on after its client has left, in seconds, before the whole hold is charged. */
  drainSecondsMax: z.int().min(1).max(7200),
  /** How many bytes of one upstream are read on in the same way. */
  drainBytesMax: z.int().min(65_536).max(10_737_418_240),
  /** How many upstreams are read on at once behind one user's back; a further one is not. */
  drainsPerUserMax: z.int().min(1).max(1_000),
  /** The same for all users together. */
  drainsMax: z.int().min(1).max(10_000),
  /** Silence of a stream, in seconds, after which a heartbeat goes to its client; 0 for none. */
  heartbeatSeconds: z.int().min(0).max(300),
  /** Where a worst case is more than what is available: one request may have one of so many parts of what is left. */
  holdShareParts: z.int().min(1).max(100),
  /** From where administrators may administer over HTTP; null for the host's own default. The environment wins. */
  remoteAdministration: remoteAdministration.nullable(),
  /** The least that a top-up may be; 0 for any amount. Gifts and corrections are not top-ups. */
  minimumTopUpNanoUsd: z.int().min(0).max(1_000_000_000_000_000),
  /** How often a backup is made by itself, in hours; 0 for never. */
  backupEveryHours: z.int().min(0).max(720),
  /** How many of those are kept. */
  backupsKept: z.int().min(1).max(100),
  /** For how many days single requests are kept, with all that is known of them. */
  usageRowsKeptDays: z.int().min(8).max(3_650),
  /** For how many days, from today back, usage is kept by the hour; never less than single requests are. */
  hourlyUsageKeptDays: z.int().min(8).max(3_650),
  /** The same by the day. What is older is in the ledger alone. */
  dailyUsageKeptDays: z.int().min(8).max(36_500),
  /** Where balance and credit limit together fall below it, the person and the operator are told; 0 for never. */
  lowBalanceNanoUsd: z.int().min(0).max(1_000_000_000_000_000),
  /** Whose calendar days limits follow: an IANA zone, or empty for that of the gateway's machine. */
  timeZone: z
    .string()
    .max(100)
    .refine((name) => name === '' || isTimeZone(name), 'has to be an IANA time zone, such as Europe/Berlin'),
  /** What pages and mail call this gateway. */
  productName,
  publicBaseUrl,
  /** Whether the gateway answers over HTTPS, and over HTTP still. The environment wins. */
  https: httpsMode,
  /** Under which name the local network finds the gateway, by multicast DNS. */
  localName,
  /** Where it is off, an upgrade is told to send POSTs, and connections that are open end when nothing runs on them. */
  webSockets: webSocketsMode,
  /** How many files one person may keep at the upstreams, uploads that have begun included; 0 for none. */
  filesPerUserMax: z.int().min(0).max(100_000),
  /** How many bytes those files may have together. */
  fileBytesPerUserMax: z.int().min(0).max(1_099_511_627_776),
  /** How many bytes of forms of one person may lie on this disk at once; no form can be larger. */
  formBytesPerUserMax: z.int().min(1_048_576).max(68_719_476_736),
  /** The same for everybody together. */
  formBytesMax: z.int().min(1_048_576).max(1_099_511_627_776),
}

export const settingsSchema = z.strictObject({
  announcement: fields.announcement.default(''),
  defaultBalanceNanoUsd: fields.defaultBalanceNanoUsd.default(0),
  registration: fields.registration.default('approval'),
  modelAliases: fields.modelAliases.default({}),
  multiplierPpm: fields.multiplierPpm.default(1_000_000),
  allowedHosts: fields.allowedHosts.default([]),
  corsOrigins: fields.corsOrigins.default([]),
  sessionDays: fields.sessionDays.default(7),
  drainSecondsMax: fields.drainSecondsMax.default(600),
  drainBytesMax: fields.drainBytesMax.default(134_217_728),
  drainsPerUserMax: fields.drainsPerUserMax.default(16),
  drainsMax: fields.drainsMax.default(256),
  heartbeatSeconds: fields.heartbeatSeconds.default(15),
  holdShareParts: fields.holdShareParts.default(4),
  remoteAdministration: fields.remoteAdministration.default(null),
  minimumTopUpNanoUsd: fields.minimumTopUpNanoUsd.default(0),
  backupEveryHours: fields.backupEveryHours.default(24),
  backupsKept: fields.backupsKept.default(7),
  usageRowsKeptDays: fields.usageRowsKeptDays.default(90),
  hourlyUsageKeptDays: fields.hourlyUsageKeptDays.default(180),
  dailyUsageKeptDays: fields.dailyUsageKeptDays.default(730),
  lowBalanceNanoUsd: fields.lowBalanceNanoUsd.default(1_000_000_000),
  timeZone: fields.timeZone.default(''),
  productName: fields.productName.default('Codex Gateway'),
  publicBaseUrl: fields.publicBaseUrl.default(''),
  https: fields.https.default('off'),
  localName: fields.localName.default(''),
  webSockets: fields.webSockets.default('on'),
  filesPerUserMax: fields.filesPerUserMax.default(1_000),
  fileBytesPerUserMax: fields.fileBytesPerUserMax.default(10_737_418_240),
  formBytesPerUserMax: fields.formBytesPerUserMax.default(1_153_433_600),
  formBytesMax: fields.formBytesMax.default(4_294_967_296),
})

export type Settings = z.infer<typeof settingsSchema>
/**
 * A change of some settings. Built from fields without defaults: zod fills a default even under `.partial()`, which would
 * reset every setting that the change does not name.
 */
export const settingsPatch = z.strictObject(fields).partial()
export type SettingsPatch = z.infer<typeof settingsPatch>
