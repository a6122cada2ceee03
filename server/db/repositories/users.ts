// People: who they are and what they may do. Their money is in the ledger.
import { and, eq, sql } from 'drizzle-orm'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { Locale, Role, Theme, UserStatus } from '../../../contract/operations/fields.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { emailKeyOf } from '../email-key.ts'
import { forgetPeople } from '../forget-people.ts'
import type { Db } from '../open.ts'
import { balances } from '../schema/ledger.ts'
import { users } from '../schema/users.ts'
import {
  createUserList,
  prepareUserCounts,
  type UserCounts,
  type UserList,
  userColumns,
} from './user-list.ts'

/** Whether the default balance is owed: not yet; decided on and not yet in the ledger; or done with, for good. */
export type DefaultBalance = 'waiting' | 'due' | 'settled'

export interface UserRow {
  readonly id: string
  readonly email: string
  /** argon2id in PHC format; null for someone who has not set a password. */
  readonly passwordHash: string | null
  readonly role: Role
  readonly status: UserStatus
  readonly createdAt: number
  readonly lastSeenAt: number | null
  readonly locale: Locale | null
  readonly theme: Theme | null
  /** When a link that was sent to the address came back. */
  readonly emailVerifiedAt: number | null
  readonly defaultBalance: DefaultBalance
  readonly deletionRequestedAt: number | null
  readonly deletedAt: number | null
}

export interface NewUser
  extends Pick<UserRow, 'id' | 'email' | 'passwordHash' | 'role' | 'status' | 'createdAt'> {
  readonly locale?: Locale | null
  readonly emailVerifiedAt?: number | null
  /** `waiting` where left out. */
  readonly defaultBalance?: DefaultBalance
  /** 0 where left out. */
  readonly creditLimitNanoUsd?: number
}

export interface UsersRepository extends UserList {
  /** Creates the person and their empty balance, or refuses with `email_taken`. */
  create(user: NewUser): Result<UserRow, Refusal>
  findById(id: string): UserRow | undefined
  emailOf(id: string): string | undefined
  /** In any case and with surrounding spaces. */
  findByEmail(email: string): UserRow | undefined
  /** Those who are deleted only where they are asked for. */
  counts(): UserCounts
  /** The row after the change, or undefined where there is no such person. */
  setStatus(id: string, status: UserStatus): UserRow | undefined
  setRole(id: string, role: Role): UserRow | undefined
  setPassword(id: string, passwordHash: string): UserRow | undefined
  /** Refuses with `email_taken`. `verifiedAt` is null for an address that nobody has proved. */
  setEmail(id: string, email: string, verifiedAt: number | null): Result<UserRow, Refusal>
  noteEmailVerified(id: string, at: number): void
  setPreferences(
    id: string,
    preferences: { readonly locale?: Locale | null | undefined; readonly theme?: Theme | null | undefined },
  ): UserRow | undefined
  setDeletionRequested(id: string, at: number | null): UserRow | undefined
  setDefaultBalance(id: string, state: DefaultBalance): void
  /** Active people whose default balance was decided on and never reached the ledger. */
  withDefaultBalanceDue(): readonly string[]
  /** Deletes the person: the row stays, for those that refer to it, and nothing that is left says who it was. */
  forget(id: string, at: number): void
  activeAdministrators(): readonly UserRow[]
  /** Notes that the person was here. */
  touch(id: string, at: number): void
}

type Changes = Partial<Omit<UserRow, 'id' | 'createdAt'>>

export function createUsersRepository({ raw, orm }: Db): UsersRepository {
  const byId = orm
    .select(userColumns)
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare()
  const byEmail = orm
    .select(userColumns)
    .from(users)
    .where(eq(users.emailKey, sql.placeholder('emailKey')))
    .prepare()
  // Asked for every row of a list, so by the driver alone.
  const emailOf = raw.prepare<[string], string>('SELECT email FROM users WHERE id = ?').pluck()
  const isActiveAdministrator = and(eq(users.role, 'admin'), eq(users.status, 'active'))
  const touch = orm
    .update(users)
    .set({ lastSeenAt: sql`${sql.placeholder('at')}` })
    .where(eq(users.id, sql.placeholder('id')))
    .prepare()
  const change = (id: string, values: Changes & { emailKey?: string }) =>
    orm.update(users).set(values).where(eq(users.id, id)).returning(userColumns).get()

  const create = raw.transaction((user: NewUser): Result<UserRow, Refusal> => {
    const emailKey = emailKeyOf(user.email)
    if (byEmail.get({ emailKey })) return fail(refusal('email_taken'))
    const { creditLimitNanoUsd = 0, email, ...given } = user
    const row = orm
      .insert(users)
      .values({ ...given, email: email.trim(), emailKey })
      .returning(userColumns)
      .get()
    orm.insert(balances).values({ userId: user.id, balanceNanoUsd: 0, creditLimitNanoUsd }).run()
    return ok(row)
  })
  const setEmail = raw.transaction((id: string, email: string, emailVerifiedAt: number | null) => {
    const emailKey = emailKeyOf(email)
    const other = byEmail.get({ emailKey })
    if (other && other.id !== id) return fail(refusal('email_taken'))
    const changed = change(id, { email: email.trim(), emailKey, emailVerifiedAt })
    return changed ? ok(changed) : fail(refusal('user_not_found'))
  })

  return {
    create: (user) => create.immediate(user),
    findById: (id) => byId.get({ id }),
    emailOf: (id) => emailOf.get(id),
    findByEmail: (email) => byEmail.get({ emailKey: emailKeyOf(email) }),
    ...createUserList(orm),
    counts: prepareUserCounts(raw),
    setStatus: (id, status) => change(id, { status }),
    setRole: (id, role) => change(id, { role }),
    setPassword: (id, passwordHash) => change(id, { passwordHash }),
    setEmail: (id, email, verifiedAt) => setEmail.immediate(id, email, verifiedAt),
    noteEmailVerified: (id, at) => void change(id, { emailVerifiedAt: at }),
    setPreferences(id, { locale, theme }) {
      // The query builder leaves undefined members out, and cannot build an update without any.
      if (locale === undefined && theme === undefined) return byId.get({ id })
      return orm.update(users).set({ locale, theme }).where(eq(users.id, id)).returning(userColumns).get()
    },
    setDeletionRequested: (id, at) => change(id, { deletionRequestedAt: at }),
    setDefaultBalance: (id, state) => void change(id, { defaultBalance: state }),
    withDefaultBalanceDue: () =>
      orm
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.status, 'active'), eq(users.defaultBalance, 'due')))
        .all()
        .map(({ id }) => id),
    forget: raw.transaction((id: string, at: number) =>
      forgetPeople(raw, 'SELECT id, email, email_key, @at FROM main.users WHERE id = @id', { id, at }),
    ),
    activeAdministrators: () => orm.select(userColumns).from(users).where(isActiveAdministrator).all(),
    touch: (id, at) => void touch.run({ id, at }),
  }
}
