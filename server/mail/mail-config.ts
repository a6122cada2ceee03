// How mail goes out, as an administrator set it up. Password and API key are sealed, and leave this file only towards the
// service that they are for.
import { type MailConfig, mailConfig } from '../../contract/mail.ts'
import type { SettingsRepository } from '../db/repositories/settings.ts'
import type { Clock, Logger } from '../ports.ts'
import type { SealedValues } from '../settings/sealed-values.ts'

export type MailConfigPatch = { readonly [Name in keyof MailConfig]?: MailConfig[Name] | undefined }

/** Null forgets one, undefined leaves it. */
export interface MailSecretsPatch {
  readonly smtpPassword?: string | null | undefined
  readonly resendApiKey?: string | null | undefined
}

export interface MailConfigStore {
  current(): MailConfig
  /** What is missing before mail can go out, in words; undefined where nothing is. */
  missing(): string | undefined
  isSecretSet(name: MailSecret): boolean
  /** Throws SealedValueError where it has to be entered again. */
  secret(name: MailSecret): Promise<string | undefined>
  /** What `store` takes. Comes before its transaction: where it fails, nothing is changed. */
  seal(secrets: MailSecretsPatch): Promise<SealedMailSecrets>
  /**
   * Stores a change with its secrets, as part of the caller's transaction, so that no secret is ever beside a host that it was
   * not entered for; says what the configuration is with it. Nothing is current before it is taken over.
   */
  store(patch: MailConfigPatch, secrets: SealedMailSecrets, actorUserId: string): MailConfig
  /** What was stored and committed becomes current. */
  takeOver(stored: MailConfig): void
  /** Called after every change; returns the function that ends the subscription. */
  onChange(listener: () => void): () => void
}

export type MailSecret = 'smtpPassword' | 'resendApiKey'

/** Null forgets one. */
export type SealedMailSecrets = ReadonlyMap<MailSecret, Buffer | null>

/** Its row among the settings; no live setting has this name. */
const NAME = 'mail'
const SEALED_AS: Readonly<Record<MailSecret, string>> = {
  smtpPassword: 'smtp-password',
  resendApiKey: 'resend-api-key',
}

export function createMailConfig({
  repository,
  sealedValues,
  clock,
  logger,
}: {
  readonly repository: SettingsRepository
  readonly sealedValues: SealedValues
  readonly clock: Clock
  readonly logger: Logger
}): MailConfigStore {
  const listeners = new Set<() => void>()
  let config = readConfig(repository, logger)
  const isSecretSet = (name: MailSecret) => sealedValues.has(SEALED_AS[name])

  return {
    current: () => config,
    missing: () => missingIn(config, isSecretSet),
    isSecretSet,
    secret: (name) => sealedValues.get(SEALED_AS[name]),
    async seal(secrets) {
      const sealed = new Map<MailSecret, Buffer | null>()
      for (const name of ['smtpPassword', 'resendApiKey'] as const) {
        const value = secrets[name]
        if (value === null) sealed.set(name, null)
        else if (value !== undefined) {
          const sealer = await sealedValues.sealer()
          sealed.set(name, sealer.seal(SEALED_AS[name], value))
        }
      }
      return sealed
    },
    store(patch, secrets, actorUserId) {
      for (const [name, sealed] of secrets) {
        if (sealed === null) sealedValues.delete(SEALED_AS[name])
        else sealedValues.put(SEALED_AS[name], sealed)
      }
      const changes = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
      const next = Object.freeze(mailConfig.parse({ ...config, ...changes }))
      repository.write({ [NAME]: next }, actorUserId, clock.now())
      return next
    },
    takeOver(stored) {
      config = stored
      for (const listener of listeners) listener()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** A stored value that is no longer valid switches mail off: a start must not fail on it. */
function readConfig(repository: SettingsRepository, logger: Logger): MailConfig {
  const stored = mailConfig.safeParse(repository.read()[NAME] ?? {})
  if (stored.success) return Object.freeze(stored.data)
  logger.warn({ problem: stored.error.message }, 'the stored mail settings are not valid; mail is off')
  return Object.freeze(mailConfig.parse({}))
}

function missingIn(config: MailConfig, isSecretSet: (name: MailSecret) => boolean): string | undefined {
  if (config.kind === 'off') return 'mail is switched off'
  if (config.fromAddress === '') return 'there is no sender address'
  if (config.kind === 'resend') {
    return isSecretSet('resendApiKey') ? undefined : 'there is no API key for Resend'
  }
  if (config.smtpHost === '') return 'there is no SMTP server'
  if (config.smtpUser !== '' && !isSecretSet('smtpPassword')) return 'there is no SMTP password'
  return undefined
}
