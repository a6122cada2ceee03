// Settlements as one statement for many. A settlement writes five tables; as a statement each, much of the time went into
// handing the same values over again and again. An insert into a view of this connection runs a trigger that does all of it.
import type { Database } from 'better-sqlite3'
import { SETTLEMENT_COLUMNS, settlementPlace, type Value } from './packed-commands.ts'
import { prepareRows } from './row-batches.ts'
import { SPENDING_COLUMNS, spendingUpsert } from './spending-statements.ts'
import { USAGE_COLUMNS } from './usage-statements.ts'

type Settlement = readonly Value[]

/** The link to the entry before, and the balance that it leaves. */
const BALANCE_PAYS = `
  INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id, previous_seq,
    balance_after_nano_usd)
  SELECT NEW.settled_at, NEW.user_id, 'settle', 0 - NEW.amount_nano_usd - NEW.write_off_nano_usd, 0 - NEW.hold_nano_usd,
    NEW.request_id, last_entry_seq, balance_nano_usd - NEW.amount_nano_usd
  FROM balances WHERE user_id = NEW.user_id;
  UPDATE balances SET balance_nano_usd = balance_nano_usd - NEW.amount_nano_usd, last_entry_seq = last_insert_rowid()
  WHERE user_id = NEW.user_id;
  SELECT RAISE(ABORT, 'There is no balance of this user to change.') WHERE changes() = 0;`

/** A plan's settlement leaves the balance as it is, so it is no link in the chain of what moved it. */
const PLAN_PAYS = `
  INSERT INTO ledger_entries (created_at, user_id, kind, amount_nano_usd, held_nano_usd, request_id, plan_subscription_id,
    plan_amount_nano_usd, plan_held_nano_usd)
  VALUES (NEW.settled_at, NEW.user_id, 'settle', 0, 0, NEW.request_id, NEW.plan_subscription_id,
    0 - NEW.amount_nano_usd - NEW.write_off_nano_usd, 0 - NEW.hold_nano_usd);`

/** Columns of charges that a settlement has by the same name. */
const CHARGE_COLUMNS = SETTLEMENT_COLUMNS.filter(
  (name) =>
    ![
      'settled_at',
      'created_at',
      'usage_model',
      'status',
      'error_code',
      'duration_ms',
      'first_token_ms',
      'stream',
    ].includes(name),
)

function prepareProgram(raw: Database, source: 'balance' | 'plan', entry: string) {
  const view = `settlement_by_${source}`
  const columns = [...SETTLEMENT_COLUMNS, ...SPENDING_COLUMNS.map((name) => `spent_${name}`)]
  const usageValue = (name: string): string => {
    if (name === 'source') return `'${source}'`
    if (name === 'model') return 'NEW.usage_model'
    return name === 'cost_nano_usd' ? 'NEW.amount_nano_usd' : `NEW.${name}`
  }
  raw.exec(
    `CREATE TEMP VIEW IF NOT EXISTS ${view} AS SELECT ${columns.map((name) => `NULL AS ${name}`).join(', ')};
     CREATE TEMP TRIGGER IF NOT EXISTS ${view}_written INSTEAD OF INSERT ON ${view} BEGIN
       ${entry}
       INSERT INTO charges (entry_seq, created_at, source, ${CHARGE_COLUMNS.join(', ')})
       VALUES (last_insert_rowid(), NEW.settled_at, '${source}', ${CHARGE_COLUMNS.map((name) => `NEW.${name}`).join(', ')});
       INSERT INTO usage (${USAGE_COLUMNS.join(', ')}) VALUES (${USAGE_COLUMNS.map(usageValue).join(', ')});
       ${spendingUpsert((column) => `NEW.spent_${column}`)};
     END`,
  )
  return prepareRows(raw, columns.length, (values) => `INSERT INTO ${view} ${values}`)
}

/** Entry, balance, charge, usage row and the first of the spending counters of each, in the order given. */
export function prepareSettlements(raw: Database) {
  const byBalance = prepareProgram(raw, 'balance', BALANCE_PAYS)
  const byPlan = prepareProgram(raw, 'plan', PLAN_PAYS)
  const planPlace = settlementPlace('plan_subscription_id')
  return {
    /** Those that plans pay for come after the others: neither touches what the other changes. */
    settle(settlements: readonly Settlement[]): void {
      const isByPlan = (settlement: Settlement): boolean => settlement[planPlace] !== null
      if (!settlements.some(isByPlan)) {
        byBalance(settlements)
        return
      }
      byBalance(settlements.filter((settlement) => !isByPlan(settlement)))
      byPlan(settlements.filter(isByPlan))
    },
  }
}
