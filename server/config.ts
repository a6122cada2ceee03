// Start-up configuration: flags and environment, checked once and frozen. Live settings are another thing and stand in the
// database; where both speak of one matter, what is here wins.
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { upstreamBaseUrl, upstreamKind } from '../contract/operations/setup.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import {
  type HttpsMode,
  httpsMode,
  type RemoteAdministration,
  remoteAdministration,
} from '../contract/settings.ts'

export interface StartConfig {
  readonly dataDir: string
  readonly host: string
  /** 0 lets the system pick one. */
  readonly port: number
  readonly upstream: {
    readonly kind: 'openai' | 'demo' | undefined
    readonly baseUrl: string | undefined
    readonly apiKey: string | undefined
  }
  /** Completes the set-up unattended; looked at only while the set-up is not done. */
  readonly admin: { readonly email: string | undefined; readonly password: string | undefined }
  /** Undefined where the environment does not say; then a setting decides, and where that does not either, the host. */
  readonly remoteAdministration: RemoteAdministration | undefined
  /** The host's own default; this machine where left out. */
  readonly remoteAdministrationDefault?: RemoteAdministration
  /** Undefined where neither flag nor environment says; then a setting decides. */
  readonly https?: HttpsMode | undefined
  /** Lets whoever sends it read the metrics from another machine; without one, nobody can. */
  readonly metricsToken: string | undefined
  /** The language of pages for a browser that names none we have. */
  readonly locale: 'en' | 'zh-CN'
}

export type CommandLine =
  | { readonly kind: 'run'; readonly config: StartConfig }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

export const HELP = `Usage: codex-gateway [--port N] [--host H] [--https M] [--data-dir D]

  --port N        port to listen on, 0 picks one      (CODEX_GATEWAY_PORT, 8080)
  --host H        address to listen on                (CODEX_GATEWAY_HOST, 127.0.0.1; 0.0.0.0 lets the network in)
  --https M       off, beside_http or only            (CODEX_GATEWAY_HTTPS; left out, a setting decides)
  --data-dir D    folder of database, secrets, logs   (CODEX_GATEWAY_DATA_DIR)
  --help          this text
  --version       the version

Environment: OPENAI_API_KEY, OPENAI_BASE_URL, CODEX_GATEWAY_UPSTREAM (openai or demo), CODEX_GATEWAY_ADMIN_EMAIL with
CODEX_GATEWAY_ADMIN_PASSWORD (complete the set-up unattended), CODEX_GATEWAY_REMOTE_ADMIN (off, loopback or lan),
CODEX_GATEWAY_LOCALE (en or zh-CN), CODEX_GATEWAY_METRICS_TOKEN (opens /metrics to other machines).
`

const FLAGS = {
  port: { type: 'string' },
  host: { type: 'string' },
  https: { type: 'string' },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** Each value with the name a person knows it by, so that an error says where to mend it. */
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'has to be a whole number from 0 to 65535')
  .transform(Number)
  .pipe(z.number().max(65_535, 'has to be a whole number from 0 to 65535'))
const host = z
  .string()
  .max(253, 'has at most 253 characters')
  .refine((value) => isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value), {
    error: 'has to be an IP address or a host name, without a port (use --port)',
  })
const folder = z.string().min(1, 'has to name a folder').max(1000, 'has at most 1,000 characters')
const apiKey = z
  .string()
  .max(500, 'has at most 500 characters')
  .regex(/^[\x21-\x7e]+$/, 'has to be printable ASCII without spaces')

/** As systems write it, too: `zh_CN.UTF-8`. */
const locale = z
  .string()
  .regex(/^(?:en|zh)(?:[-_.].{0,50})?$/i, 'has to be en or zh-CN')
  .transform((name) => localeNamed(name))

/** A token that looked like an API key would be taken for one, and the request for a client's. */
const metricsToken = z
  .string()
  .max(500, 'has at most 500 characters')
  .regex(
    /^(?!sk-)[\x21-\x7e]{16,}$/,
    'has to be at least 16 printable ASCII characters without spaces, and not begin with "sk-"',
  )

export interface ConfigSource {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
}

/** Reads flags and environment; the error is one sentence that names the flag or variable and the fix. */
export function parseConfig(source: ConfigSource): Result<CommandLine, string> {
  let flags: ReturnType<typeof parseFlags>
  try {
    flags = parseFlags(source.argv)
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
  }
  if (flags.help) return ok({ kind: 'help' })
  if (flags.version) return ok({ kind: 'version' })

  const problems: string[] = []
  const read = <T>(
    schema: z.ZodType<T>,
    ...named: readonly (readonly [name: string, value: string | undefined])[]
  ) => {
    const given = named.find(([, value]) => value !== undefined)
    if (given?.[1] === undefined) return undefined
    const parsed = schema.safeParse(given[1])
    if (parsed.success) return parsed.data
    problems.push(`${given[0]} ${parsed.error.issues[0]?.message ?? 'is not valid'}.`)
    return undefined
  }
  // An empty variable is how containers say "not set".
  const env = (name: string) => [name, source.env[name]?.trim() || undefined] as const

  const config: StartConfig = {
    dataDir: resolve(
      read(folder, ['--data-dir', flags['data-dir']], env('CODEX_GATEWAY_DATA_DIR')) ??
        defaultDataDir(source),
    ),
    host: read(host, ['--host', flags.host], env('CODEX_GATEWAY_HOST')) ?? '127.0.0.1',
    port: read(port, ['--port', flags.port], env('CODEX_GATEWAY_PORT')) ?? 8080,
    upstream: {
      kind: read(choice(upstreamKind.options), env('CODEX_GATEWAY_UPSTREAM')),
      baseUrl: read(upstreamBaseUrl, env('OPENAI_BASE_URL')),
      apiKey: read(apiKey, env('OPENAI_API_KEY')),
    },
    admin: {
      email: env('CODEX_GATEWAY_ADMIN_EMAIL')[1],
      // Not trimmed: what stands there is the password.
      password: source.env.CODEX_GATEWAY_ADMIN_PASSWORD || undefined,
    },
    remoteAdministration: read(choice(remoteAdministration.options), env('CODEX_GATEWAY_REMOTE_ADMIN')),
    https: read(choice(httpsMode.options), ['--https', flags.https], env('CODEX_GATEWAY_HTTPS')),
    metricsToken: read(metricsToken, env('CODEX_GATEWAY_METRICS_TOKEN')),
    locale: read(locale, env('CODEX_GATEWAY_LOCALE')) ?? localeOf(source.env),
  }
  return problems.length > 0 ? fail(problems.join('\n')) : ok({ kind: 'run', config: deepFreeze(config) })
}

const parseFlags = (argv: readonly string[]) =>
  parseArgs({ args: [...argv], options: FLAGS, strict: true }).values

const choice = <const T extends string>(options: readonly T[]) =>
  z.enum(options, { error: `has to be one of: ${options.join(', ')}` })

/** The platform's application-data folder; the desktop app and the headless server share it. */
function defaultDataDir({ platform, env }: ConfigSource): string {
  const home = env.HOME ?? env.USERPROFILE ?? homedir()
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'codex-gateway')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'codex-gateway')
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'codex-gateway')
}

const localeNamed = (name: string): StartConfig['locale'] => (/^zh/i.test(name) ? 'zh-CN' : 'en')

function localeOf(env: ConfigSource['env']): StartConfig['locale'] {
  return localeNamed(env.LC_ALL || env.LC_MESSAGES || env.LANG || '')
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member)
  }
  return Object.freeze(value)
}
