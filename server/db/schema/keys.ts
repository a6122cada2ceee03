// API keys and their families. The secret's hash only; soft-deleted only, because usage rows refer to them.
import { sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  blob,
  check,
  index,
  integer,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

/** What a key shares with those that it was rotated from and to: what narrows it, and what is counted against that. */
export const keyFamilies = sqliteTable(
  'key_families',
  {
    /** The id of the first key of the family. */
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    /** JSON: an array of names, or null for every model that the owner may use. */
    allowedModels: text('allowed_models'),
    dayCapNanoUsd: integer('day_cap_nano_usd'),
    monthCapNanoUsd: integer('month_cap_nano_usd'),
    totalCapNanoUsd: integer('total_cap_nano_usd'),
  },
  (table) => [
    check(
      'key_families_allowed_models',
      sql`${table.allowedModels} is null or json_type(${table.allowedModels}) = 'array'`,
    ),
    check(
      'key_families_caps',
      sql`coalesce(${table.dayCapNanoUsd}, 0) >= 0 and coalesce(${table.monthCapNanoUsd}, 0) >= 0 and coalesce(${table.totalCapNanoUsd}, 0) >= 0`,
    ),
  ],
)

export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'restrict' }),
    familyId: text('family_id')
      .notNull()
      .references(() => keyFamilies.id, { onDelete: 'restrict' }),
    publicId: text('public_id').notNull(),
    name: text('name').notNull(),
    secretHash: blob('secret_hash', { mode: 'buffer' }).notNull(),
    status: text('status', { enum: ['active', 'disabled'] }).notNull(),
    /** Of a disabled key: who may enable it again, which after a rotation is nobody. */
    disabledBy: text('disabled_by', { enum: ['owner', 'administrator', 'rotation'] }),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at'),
    deletedAt: integer('deleted_at'),
    replacedByKeyId: text('replaced_by_key_id').references((): AnySQLiteColumn => apiKeys.id, {
      onDelete: 'restrict',
    }),
    lastUsedAt: integer('last_used_at'),
    lastUsedAddress: text('last_used_address'),
    lastUsedClient: text('last_used_client'),
  },
  (table) => [
    uniqueIndex('api_keys_public_id').on(table.publicId),
    index('api_keys_created').on(table.createdAt, table.id),
    index('api_keys_user_created').on(table.userId, table.createdAt, table.id),
    index('api_keys_family').on(table.familyId),
    check('api_keys_status', sql`${table.status} in ('active', 'disabled')`),
    check(
      'api_keys_disabled_by',
      sql`case ${table.status} when 'active' then ${table.disabledBy} is null else ${table.disabledBy} in ('owner', 'administrator', 'rotation') end`,
    ),
    check('api_keys_secret_hash', sql`length(${table.secretHash}) = 32`),
  ],
)
