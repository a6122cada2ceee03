// Registrations whose address is not proved yet. Several for one address may stand beside each other: whoever reads its
// mail decides which one counts.
import { and, asc, count, desc, eq, gt, lte, sql } from 'drizzle-orm'
import type { Locale } from '../../../contract/operations/fields.ts'
import { emailKeyOf } from '../email-key.ts'
import type { Db } from '../open.ts'
import { registrations } from '../schema/account-links.ts'

export interface RegistrationRow {
  readonly id: string
  readonly email: string
  /** argon2id in PHC format. */
  readonly passwordHash: string
  readonly locale: Locale | null
  /** SHA-256 of the link's secret, 32 bytes. */
  readonly secretHash: Buffer
  readonly createdAt: number
  readonly expiresAt: number
}

export interface RegistrationsRepository {
  create(registration: RegistrationRow): void
  /** Also one that has expired; the caller decides with its own clock. */
  findBySecretHash(secretHash: Buffer): RegistrationRow | undefined
  newestOf(email: string, now: number): RegistrationRow | undefined
  /** Gives it a new link, whose secret has this hash. */
  renew(id: string, secretHash: Buffer, expiresAt: number): void
  /** All of an address, used or overtaken. */
  deleteOf(email: string): void
  deleteExpired(now: number): number
}

/** Of one address; the oldest gives way. */
const PER_EMAIL_MAX = 3
/** Of all together, so that strangers cannot fill the disk; the oldest gives way. */
const IN_ALL_MAX = 10_000

const columns = {
  id: registrations.id,
  email: registrations.email,
  passwordHash: registrations.passwordHash,
  locale: registrations.locale,
  secretHash: registrations.secretHash,
  createdAt: registrations.createdAt,
  expiresAt: registrations.expiresAt,
}

export function createRegistrationsRepository({ raw, orm }: Db): RegistrationsRepository {
  const keepNewest = (where: ReturnType<typeof eq> | undefined, max: number): void => {
    const there = orm.select({ count: count() }).from(registrations).where(where).get()?.count ?? 0
    if (there <= max) return
    const oldest = orm
      .select({ id: registrations.id })
      .from(registrations)
      .where(where)
      .orderBy(asc(registrations.createdAt), asc(registrations.id))
      .limit(there - max)
    orm.delete(registrations).where(sql`${registrations.id} in ${oldest}`).run()
  }
  const create = raw.transaction((registration: RegistrationRow): void => {
    const emailKey = emailKeyOf(registration.email)
    orm
      .insert(registrations)
      .values({ ...registration, emailKey })
      .run()
    keepNewest(eq(registrations.emailKey, emailKey), PER_EMAIL_MAX)
    keepNewest(undefined, IN_ALL_MAX)
  })

  return {
    create: (registration) => create.immediate(registration),
    findBySecretHash: (secretHash) =>
      orm.select(columns).from(registrations).where(eq(registrations.secretHash, secretHash)).get(),
    newestOf: (email, now) =>
      orm
        .select(columns)
        .from(registrations)
        .where(and(eq(registrations.emailKey, emailKeyOf(email)), gt(registrations.expiresAt, now)))
        .orderBy(desc(registrations.createdAt), desc(registrations.id))
        .limit(1)
        .get(),
    renew: (id, secretHash, expiresAt) =>
      void orm.update(registrations).set({ secretHash, expiresAt }).where(eq(registrations.id, id)).run(),
    deleteOf: (email) =>
      void orm
        .delete(registrations)
        .where(eq(registrations.emailKey, emailKeyOf(email)))
        .run(),
    deleteExpired: (now) => orm.delete(registrations).where(lte(registrations.expiresAt, now)).run().changes,
  }
}
