// What requests may ask for beyond tokens, as an operator, or the owner of a key, has set it.
import { sql } from 'drizzle-orm'
import { check, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const requestPolicies = sqliteTable(
  'request_policies',
  {
    scope: text('scope', { enum: ['role', 'plan', 'user', 'key'] }).notNull(),
    /** A role, or the id of a plan, a user, or a key family. No foreign key: it is four kinds of things. */
    subjectId: text('subject_id').notNull(),
    /** JSON: the rules that are set, by their names; one that is not there is inherited. */
    policy: text('policy').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.subjectId] }),
    check('request_policies_scope', sql`${table.scope} in ('role', 'plan', 'user', 'key')`),
    check('request_policies_policy', sql`json_type(${table.policy}) = 'object'`),
  ],
)
