// What a restore would take back: the backup held against the present database. Reads both, changes neither. For a worker
// thread.
import Database from 'better-sqlite3'
import type { BackupDifferences } from '../../contract/operations/backups.ts'

const LISTED_MAX = 50

type Person = { readonly userId: string; readonly email: string }
type Standing = BackupDifferences['users']['changed'][number]['inBackup']

/** `backup` may have an older schema: what it does not know is left out of the comparison. */
export function compareWithPresent(backup: string, present: string): BackupDifferences {
  const db = new Database(backup, { readonly: true, fileMustExist: true })
  try {
    db.prepare('ATTACH DATABASE ? AS now').run(present)
    // One moment for all figures.
    return db.transaction(() => differences(db))()
  } finally {
    db.close()
  }
}

function differences(db: Database.Database): BackupDifferences {
  const count = (sql: string): number => Number(db.prepare(sql).pluck().get() ?? 0)
  const hasBoth = (table: string): boolean =>
    ['main', 'now'].every(
      (schema) =>
        count(`SELECT count(*) FROM ${schema}.sqlite_schema WHERE type = 'table' AND name = '${table}'`) ===
        1,
    )
  const thenSeq = count('SELECT max(seq) FROM main.ledger_entries')
  const nowSeq = count('SELECT max(seq) FROM now.ledger_entries')
  const changed = changedPeople(db)
  return {
    ledger: {
      thenSeq,
      nowSeq,
      entriesLost: count(`SELECT count(*) FROM now.ledger_entries WHERE seq > ${thenSeq}`),
      thenBalanceNanoUsd: count('SELECT sum(balance_nano_usd) FROM main.balances'),
      nowBalanceNanoUsd: count('SELECT sum(balance_nano_usd) FROM now.balances'),
    },
    ...changedBalances(db),
    users: {
      lost: db
        .prepare<[], Person>(
          `SELECT id AS userId, email FROM now.users WHERE id NOT IN (SELECT id FROM main.users)
           ORDER BY created_at DESC, id LIMIT ${LISTED_MAX}`,
        )
        .all(),
      lostCount: count('SELECT count(*) FROM now.users WHERE id NOT IN (SELECT id FROM main.users)'),
      changed: changed.slice(0, LISTED_MAX),
      changedCount: changed.length,
    },
    keys: {
      lostCount: count('SELECT count(*) FROM now.api_keys WHERE id NOT IN (SELECT id FROM main.api_keys)'),
      keptOffCount: count(
        `SELECT count(*) FROM main.api_keys AS was JOIN now.api_keys AS is_now ON is_now.id = was.id
         WHERE was.status = 'active' AND was.deleted_at IS NULL
           AND (is_now.status <> 'active' OR is_now.deleted_at IS NOT NULL)`,
      ),
    },
    settings: changedSettings(db),
    prices: {
      lostCount: count('SELECT count(*) FROM now.prices WHERE id NOT IN (SELECT id FROM main.prices)'),
    },
    usage: {
      lostCount: count(
        `SELECT count(*) FROM now.usage WHERE created_at >= (SELECT coalesce(max(created_at), 0) FROM main.usage)
           AND request_id NOT IN (SELECT request_id FROM main.usage WHERE created_at = (SELECT max(created_at) FROM main.usage))`,
      ),
    },
    sessions: { endedCount: count('SELECT count(*) FROM now.sessions WHERE revoked_at IS NULL') },
    codes: { keptClaimedCount: hasBoth('codes') ? claimedSince(db) : 0 },
  }
}

function changedBalances(db: Database.Database): Pick<BackupDifferences, 'balances' | 'balancesChanged'> {
  const from = `FROM main.balances AS was JOIN now.balances AS is_now ON is_now.user_id = was.user_id
    JOIN now.users AS person ON person.id = was.user_id WHERE was.balance_nano_usd <> is_now.balance_nano_usd`
  return {
    balances: db
      .prepare<[], Person & { readonly thenNanoUsd: number; readonly nowNanoUsd: number }>(
        `SELECT was.user_id AS userId, person.email, was.balance_nano_usd AS thenNanoUsd,
                is_now.balance_nano_usd AS nowNanoUsd ${from}
         ORDER BY abs(was.balance_nano_usd - is_now.balance_nano_usd) DESC, was.user_id LIMIT ${LISTED_MAX}`,
      )
      .all(),
    balancesChanged: Number(db.prepare(`SELECT count(*) ${from}`).pluck().get()),
  }
}

function changedPeople(db: Database.Database): BackupDifferences['users']['changed'] {
  const rows = db
    .prepare<[], Person & Record<'thenRole' | 'thenStatus' | 'nowRole' | 'nowStatus', string>>(
      `SELECT was.id AS userId, is_now.email, was.role AS thenRole, was.status AS thenStatus,
              is_now.role AS nowRole, is_now.status AS nowStatus
       FROM main.users AS was JOIN now.users AS is_now ON is_now.id = was.id
       WHERE was.role <> is_now.role OR was.status <> is_now.status ORDER BY was.id`,
    )
    .all()
  return rows.map(({ userId, email, thenRole, thenStatus, nowRole, nowStatus }) => {
    // The columns are checked to hold nothing else.
    const inBackup = { role: thenRole, status: thenStatus } as Standing
    const now = { role: nowRole, status: nowStatus } as Standing
    const staysOut = now.status === 'suspended' || now.status === 'deleted'
    const after: Standing = {
      role: now.role === 'user' ? 'user' : inBackup.role,
      status: staysOut ? now.status : inBackup.status,
    }
    return { userId, email, inBackup, now, after }
  })
}

function changedSettings(db: Database.Database): BackupDifferences['settings'] {
  const rows = db
    .prepare<
      [],
      { readonly name: string; readonly thenValue: string | null; readonly nowValue: string | null }
    >(
      `SELECT coalesce(was.name, is_now.name) AS name, was.value AS thenValue, is_now.value AS nowValue
       FROM main.settings AS was FULL OUTER JOIN now.settings AS is_now ON is_now.name = was.name
       WHERE was.value IS NOT is_now.value AND coalesce(was.name, is_now.name) <> 'upstream' ORDER BY 1`,
    )
    .all()
  return rows.map(({ name, thenValue, nowValue }) => ({
    name,
    inBackup: thenValue === null ? null : JSON.parse(thenValue),
    now: nowValue === null ? null : JSON.parse(nowValue),
  }))
}

const claimedSince = (db: Database.Database): number =>
  Number(
    db
      .prepare(
        `SELECT count(*) FROM main.codes AS was JOIN now.codes AS is_now ON is_now.id = was.id
         WHERE was.redeemed_at IS NULL AND is_now.redeemed_at IS NOT NULL`,
      )
      .pluck()
      .get(),
  )
