// Second factors: the sealed secret of an authenticator app, and the hashes of the recovery codes that stand in for it.
import { sql } from 'drizzle-orm'
import { blob, check, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

export const secondFactors = sqliteTable('second_factors', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'restrict' }),
  sealedSecret: blob('sealed_secret', { mode: 'buffer' }).notNull(),
  createdAt: integer('created_at').notNull(),
  /** Null until a first code has proved that the app has the secret; until then nobody is asked for one. */
  confirmedAt: integer('confirmed_at'),
  /** The 30 s step of the last code that was taken: one code opens one door. */
  lastStep: integer('last_step'),
})

export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    codeHash: blob('code_hash', { mode: 'buffer' }).notNull(),
    usedAt: integer('used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.codeHash] }),
    check('recovery_codes_hash', sql`length(${table.codeHash}) = 32`),
  ],
)
