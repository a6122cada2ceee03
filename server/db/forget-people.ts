// What a deletion takes away: all that lets a person in, and all that says who they were. One list for the deletion itself
// and for a restore, which must not bring back any of it. Ledger, charges, usage and audit name people by id, and stay.
import type { Database } from 'better-sqlite3'

/** Each runs with `gone` in front of it. The person's own row comes last, because the others look for what it says. */
const FORGET: readonly string[] = [
  `DELETE FROM main.sessions WHERE user_id IN (SELECT id FROM gone)`,
  `DELETE FROM main.account_links WHERE user_id IN (SELECT id FROM gone)`,
  `DELETE FROM main.registrations WHERE email_key IN (SELECT email_key FROM gone)`,
  `DELETE FROM main.second_factors WHERE user_id IN (SELECT id FROM gone)`,
  `DELETE FROM main.recovery_codes WHERE user_id IN (SELECT id FROM gone)`,
  `DELETE FROM main.mails WHERE user_id IN (SELECT id FROM gone) OR recipient IN (SELECT email FROM gone)`,
  `DELETE FROM main.notices WHERE user_id IN (SELECT id FROM gone)`,
  `DELETE FROM main.key_addresses
    WHERE family_id IN (SELECT id FROM main.key_families WHERE user_id IN (SELECT id FROM gone))`,
  // What was for one address alone would be for anybody without it.
  `UPDATE main.invitations SET revoked_at = coalesce(revoked_at, (SELECT max(at) FROM gone WHERE email = invitations.email))
    WHERE used_at IS NULL AND email IN (SELECT email FROM gone)`,
  `UPDATE main.invitations SET email = NULL, note = ''
    WHERE email IN (SELECT email FROM gone) OR used_by IN (SELECT id FROM gone)`,
  `UPDATE main.api_keys SET name = 'deleted', last_used_address = NULL, last_used_client = NULL,
      deleted_at = coalesce(deleted_at, (SELECT at FROM gone WHERE id = api_keys.user_id))
    WHERE user_id IN (SELECT id FROM gone)`,
  // `.invalid` is a domain that cannot exist (RFC 2606), so that no mail and no registration ever meets it.
  `UPDATE main.users SET status = 'deleted', role = 'user', email = 'deleted-' || id || '@deleted.invalid',
      email_key = 'deleted-' || id || '@deleted.invalid', password_hash = NULL, last_seen_at = NULL, locale = NULL,
      theme = NULL, email_verified_at = NULL, deletion_requested_at = NULL,
      deleted_at = (SELECT at FROM gone WHERE gone.id = users.id)
    WHERE id IN (SELECT id FROM gone)`,
]

/**
 * Forgets the people that the query `gone` finds: their `id`, `email` and `email_key` from before, and when they went. In the
 * caller's transaction.
 */
export function forgetPeople(
  db: Database,
  gone: string,
  values: Readonly<Record<string, string | number>> = {},
): void {
  for (const statement of FORGET) {
    db.prepare(`WITH gone (id, email, email_key, at) AS MATERIALIZED (${gone}) ${statement}`).run(values)
  }
}
