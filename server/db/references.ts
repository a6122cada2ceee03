// Looks for what a row refers to, in place of SQLite: what is found once need not be looked for with every row, and SQLite
// keeps copies of pages for statements that may fail over a foreign key. The connection that folds has foreign keys off.
import type { Database } from 'better-sqlite3'
import type { Value } from './packed-commands.ts'

/** Where the tables that a fold writes have foreign keys, by the names of their columns. */
export const REFERENCES = {
  user_id: 'users',
  price_id: 'prices',
  plan_subscription_id: 'plan_subscriptions',
} as const

export type Reference = keyof typeof REFERENCES

/** Throws where there is no such row; null refers to nothing. */
type RequireReference = (column: Reference, id: Value) => void

export function prepareReferences(raw: Database): RequireReference {
  const find = (table: string) => raw.prepare<[Value], 1>(`SELECT 1 FROM ${table} WHERE id = ?`).pluck()
  const finders = {
    user_id: find(REFERENCES.user_id),
    price_id: find(REFERENCES.price_id),
    plan_subscription_id: find(REFERENCES.plan_subscription_id),
  }
  return (column, id) => {
    if (id === null || finders[column].get(id) !== undefined) return
    throw new Error(`FOREIGN KEY constraint failed: there is no ${id} in ${REFERENCES[column]}.`)
  }
}
