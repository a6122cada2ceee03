// People: who they are and what they may do. Their money is in the ledger.
import { and, count, desc, eq, sql } from 'drizzle-orm'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import type { Role, UserStatus } from '../../../contract/operations/fields.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Db } from '../open.ts'
import { balances } from '../schema/ledger.ts'
import { users } from '../schema/users.ts'
import { type CountedPage, formatTimeCursor, type PageRequest, parseTimeCursor, toPage } from './paging.ts'

export interface UserRow {
  readonly id: string
  readonly email: string
  /** argon2id in PHC format; null for someone who has not set a password. */
  readonly passwordHash: string | null
  readonly role: Role
  readonly status: UserStatus
  readonly createdAt: number
  readonly lastSeenAt: number | null
}

export interface NewUser {
  readonly id: string
  readonly email: string
  readonly passwordHash: string | null
  readonly role: Role
  readonly status: UserStatus
  readonly createdAt: number
  /** 0 where left out. */
  readonly creditLimitNanoUsd?: number
}

export interface UserFilter extends PageRequest {
  /** Part of the email, in any case. */
  readonly search?: string | undefined
  readonly status?: UserStatus | undefined
  readonly role?: Role | undefined
}

export interface UsersRepository {
  /** Creates the person and their empty balance, or refuses with `email_taken`. */
  create(user: NewUser): Result<UserRow, Refusal>
  findById(id: string): UserRow | undefined
  /** In any case and with surrounding spaces. */
  findByEmail(email: string): UserRow | undefined
  /** Newest first. */
  list(filter: UserFilter): CountedPage<UserRow>
  /** The row after the change, or undefined where there is no such person. */
  setStatus(id: string, status: UserStatus): UserRow | undefined
  setRole(id: string, role: Role): UserRow | undefined
  setPassword(id: string, passwordHash: string): UserRow | undefined
  /** What is left out stays. Throws where somebody else has the email: the caller has looked. */
  update(id: string, changes: { readonly email?: string | undefined; readonly role?: Role | undefined }): void
  countActiveAdministrators(): number
  /** Notes that the person was here. */
  touch(id: string, at: number): void
}

/** The one form that emails are compared in. */
const emailKeyOf = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

const columns = {
  id: users.id,
  email: users.email,
  passwordHash: users.passwordHash,
  role: users.role,
  status: users.status,
  createdAt: users.createdAt,
  lastSeenAt: users.lastSeenAt,
}

export function createUsersRepository({ raw, orm }: Db): UsersRepository {
  const byId = orm
    .select(columns)
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare()
  const byEmail = orm
    .select(columns)
    .from(users)
    .where(eq(users.emailKey, sql.placeholder('emailKey')))
    .prepare()
  const administrators = orm
    .select({ count: count() })
    .from(users)
    .where(and(eq(users.role, 'admin'), eq(users.status, 'active')))
    .prepare()
  const touch = orm
    .update(users)
    .set({ lastSeenAt: sql`${sql.placeholder('at')}` })
    .where(eq(users.id, sql.placeholder('id')))
    .prepare()
  const change = (id: string, values: Partial<Pick<UserRow, 'role' | 'status' | 'passwordHash'>>) =>
    orm.update(users).set(values).where(eq(users.id, id)).returning(columns).get()

  const create = raw.transaction((user: NewUser): Result<UserRow, Refusal> => {
    const emailKey = emailKeyOf(user.email)
    if (byEmail.get({ emailKey })) return fail(refusal('email_taken'))
    const { id, passwordHash, role, status, createdAt, creditLimitNanoUsd = 0 } = user
    const row = { id, email: user.email.trim(), passwordHash, role, status, createdAt, lastSeenAt: null }
    orm
      .insert(users)
      .values({ ...row, emailKey })
      .run()
    orm.insert(balances).values({ userId: id, balanceNanoUsd: 0, creditLimitNanoUsd }).run()
    return ok(row)
  })

  return {
    create: (user) => create.immediate(user),
    findById: (id) => byId.get({ id }),
    findByEmail: (email) => byEmail.get({ emailKey: emailKeyOf(email) }),
    list: (filter) => list(orm, filter),
    setStatus: (id, status) => change(id, { status }),
    setRole: (id, role) => change(id, { role }),
    setPassword: (id, passwordHash) => change(id, { passwordHash }),
    update(id, { email, role }) {
      if (email !== undefined) {
        const values = { email: email.trim(), emailKey: emailKeyOf(email) }
        orm.update(users).set(values).where(eq(users.id, id)).run()
      }
      if (role !== undefined) change(id, { role })
    },
    countActiveAdministrators: () => administrators.get()?.count ?? 0,
    touch: (id, at) => void touch.run({ id, at }),
  }
}

function list(orm: Db['orm'], filter: UserFilter): CountedPage<UserRow> {
  const { search, status, role, cursor, limit } = filter
  const wanted = and(
    // instr, not LIKE: a search for "_" or "%" means these characters.
    search ? sql`instr(${users.emailKey}, ${emailKeyOf(search)}) > 0` : undefined,
    status ? eq(users.status, status) : undefined,
    role ? eq(users.role, role) : undefined,
  )
  const after = cursor === undefined ? undefined : parseTimeCursor(cursor)
  const found = orm
    .select(columns)
    .from(users)
    .where(and(wanted, after && sql`(${users.createdAt}, ${users.id}) < (${after.at}, ${after.id})`))
    .orderBy(desc(users.createdAt), desc(users.id))
    .limit(limit + 1)
    .all()
  const total = orm.select({ count: count() }).from(users).where(wanted).get()?.count ?? 0
  return { ...toPage(found, limit, (row) => formatTimeCursor({ at: row.createdAt, id: row.id })), total }
}
