// What a restored database keeps of the one it replaces: whatever took something away since. Money and settings go back to
// what they were; a leaked key, a suspended person or a claimed code must not come back with them.
import type { Database } from 'better-sqlite3'
import { forgetPeople } from './forget-people.ts'

/**
 * Each rule runs in the restored database, with the present one attached as `now`; both have the same schema. It is passed
 * over where something that it needs, a table or `table.column`, is not part of that schema.
 */
interface Rule {
  readonly needs: readonly string[]
  readonly sql: string
}

const SESSIONS: readonly Rule[] = [
  // Everyone signs in again, and no link of then lets anybody in.
  { needs: ['sessions'], sql: 'DELETE FROM main.sessions' },
  { needs: ['account_links'], sql: 'DELETE FROM main.account_links' },
  { needs: ['registrations'], sql: 'DELETE FROM main.registrations' },
  // What was still to be sent then has been sent since, or was not wanted any more.
  { needs: ['mails'], sql: `DELETE FROM main.mails WHERE status = 'waiting'` },
]

const PEOPLE: readonly Rule[] = [
  {
    needs: ['users'],
    sql: `UPDATE main.users SET status = later.status FROM now.users AS later
          WHERE later.id = main.users.id AND later.status = 'suspended'`,
  },
  {
    needs: ['users'],
    sql: `UPDATE main.users SET role = 'user' FROM now.users AS later
          WHERE later.id = main.users.id AND later.role = 'user'`,
  },
  // An old password may be why somebody changed it.
  {
    needs: ['users'],
    sql: `UPDATE main.users SET password_hash = later.password_hash FROM now.users AS later
          WHERE later.id = main.users.id`,
  },
  // The same of an address, whose mailbox may be another's by now: a new password is mailed there. Two may have exchanged theirs,
  // so first all give theirs up. Nobody's is changed where one of now belongs to somebody who is in the backup alone.
  {
    needs: ['users'],
    sql: `UPDATE main.users SET email_key = 'moved-' || id
          WHERE id IN (SELECT past.id FROM main.users AS past JOIN now.users AS later ON later.id = past.id
              WHERE later.status <> 'deleted' AND later.email_key <> past.email_key)
            AND NOT EXISTS (SELECT 1 FROM main.users AS lost WHERE lost.id NOT IN (SELECT id FROM now.users)
              AND lost.email_key IN (SELECT email_key FROM now.users))`,
  },
  {
    needs: ['users'],
    sql: `UPDATE main.users SET email = later.email, email_key = later.email_key,
            email_verified_at = later.email_verified_at
          FROM now.users AS later
          WHERE later.id = main.users.id AND main.users.email_key = 'moved-' || later.id`,
  },
  {
    needs: ['users.deletion_requested_at'],
    sql: `UPDATE main.users SET deletion_requested_at = later.deletion_requested_at FROM now.users AS later
          WHERE later.id = main.users.id`,
  },
  // Second factors are those of now: one that was set up since still guards, one that was taken away is not asked for.
  { needs: ['second_factors'], sql: 'DELETE FROM main.second_factors' },
  {
    needs: ['second_factors'],
    sql: `INSERT INTO main.second_factors SELECT * FROM now.second_factors
          WHERE user_id IN (SELECT id FROM main.users)`,
  },
  { needs: ['recovery_codes'], sql: 'DELETE FROM main.recovery_codes' },
  {
    needs: ['recovery_codes'],
    sql: `INSERT INTO main.recovery_codes SELECT * FROM now.recovery_codes
          WHERE user_id IN (SELECT id FROM main.users)`,
  },
]

const KEYS: readonly Rule[] = [
  {
    needs: ['api_keys'],
    sql: `UPDATE main.api_keys SET status = later.status, disabled_by = later.disabled_by FROM now.api_keys AS later
          WHERE later.id = main.api_keys.id AND later.status = 'disabled'`,
  },
  {
    needs: ['api_keys'],
    sql: `UPDATE main.api_keys SET deleted_at = later.deleted_at FROM now.api_keys AS later
          WHERE later.id = main.api_keys.id AND later.deleted_at IS NOT NULL`,
  },
  {
    needs: ['api_keys'],
    sql: `UPDATE main.api_keys SET expires_at = later.expires_at FROM now.api_keys AS later
          WHERE later.id = main.api_keys.id AND later.expires_at IS NOT NULL
            AND (main.api_keys.expires_at IS NULL OR main.api_keys.expires_at > later.expires_at)`,
  },
]

const CODES: readonly Rule[] = [
  // A code stays redeemed, also by somebody who is not there any more.
  {
    needs: ['codes'],
    sql: `UPDATE main.codes SET redeemed_at = later.redeemed_at, disabled_at = NULL,
            redeemed_by = (SELECT id FROM main.users WHERE id = later.redeemed_by)
          FROM now.codes AS later
          WHERE later.id = main.codes.id AND main.codes.redeemed_at IS NULL AND later.redeemed_at IS NOT NULL`,
  },
  {
    needs: ['codes'],
    sql: `UPDATE main.codes SET disabled_at = later.disabled_at FROM now.codes AS later
          WHERE later.id = main.codes.id AND main.codes.redeemed_at IS NULL AND later.disabled_at IS NOT NULL`,
  },
  {
    needs: ['code_batches'],
    sql: `UPDATE main.code_batches SET disabled_at = later.disabled_at FROM now.code_batches AS later
          WHERE later.id = main.code_batches.id AND later.disabled_at IS NOT NULL`,
  },
  {
    needs: ['invitations'],
    sql: `UPDATE main.invitations SET revoked_at = coalesce(later.revoked_at, later.used_at) FROM now.invitations AS later
          WHERE later.id = main.invitations.id AND main.invitations.used_at IS NULL
            AND (later.revoked_at IS NOT NULL OR later.used_at IS NOT NULL)`,
  },
]

const UPSTREAM: readonly Rule[] = [
  // Its key lies in the secret store and is that of now: it must not be sent to the host of then.
  { needs: ['settings'], sql: `DELETE FROM main.settings WHERE name = 'upstream'` },
  {
    needs: ['settings'],
    sql: `INSERT INTO main.settings SELECT * FROM now.settings WHERE name = 'upstream'`,
  },
]

/**
 * Who was deleted is forgotten once more. Who came after the backup is not in it, but may have been invited by then: of them
 * the present has an invitation that lost its address.
 */
const DELETED = `
  SELECT past.id, past.email, past.email_key, later.deleted_at
    FROM main.users AS past JOIN now.users AS later ON later.id = past.id WHERE later.status = 'deleted'
  UNION ALL
  SELECT NULL, past.email, lower(past.email), coalesce(later.revoked_at, later.used_at, later.expires_at)
    FROM main.invitations AS past JOIN now.invitations AS later ON later.id = past.id
    WHERE past.email IS NOT NULL AND later.email IS NULL`

const RULES: readonly Rule[] = [...SESSIONS, ...PEOPLE, ...KEYS, ...CODES, ...UPSTREAM]

/** Attach the present database as `now` before; every rule is applied, in the caller's transaction. */
export function keepLaterFacts(restored: Database): void {
  forgetPeople(restored, DELETED)
  for (const { needs, sql } of RULES) {
    if (needs.every((name) => isThere(restored, name))) restored.exec(sql)
  }
}

function isThere(db: Database, name: string): boolean {
  const [table = '', column] = name.split('.')
  const count = db
    .prepare<[{ readonly table: string; readonly column: string | null }], number>(
      `SELECT count(*) FROM pragma_table_info(@table, 'main') WHERE @column IS NULL OR name = @column`,
    )
    .pluck()
    .get({ table, column: column ?? null })
  return (count ?? 0) > 0
}
