// What can be had as a CSV file: the list that it is read from, page by page, and its columns.
import type { OperationName } from '../../contract/catalogue.ts'
import { mediaCounts } from '../../contract/usage.ts'

/** As a list answers with it; the operation's output was parsed before. */
export type ListedRow = Readonly<Record<string, unknown>>

export interface CsvExport {
  /** The operation for a query that names a person, and for one that does not. */
  readonly operation: (query: Readonly<Record<string, string>>) => OperationName
  /** Members of the query that are numbers; all others are text. */
  readonly numbers: readonly string[]
  /** What the input has beside the query. */
  readonly fixed?: ListedRow
  readonly columns: readonly Column[]
}

interface Column {
  readonly title: string
  readonly value: (row: ListedRow) => unknown
}

const member = (name: string): Column => ({ title: name, value: (row) => row[name] })
const members = (...names: readonly string[]): Column[] => names.map(member)

/** Unix milliseconds as ISO 8601 in UTC. */
const moment = (title: string, name: string): Column => ({
  title,
  value: (row) => (typeof row[name] === 'number' ? new Date(row[name]).toISOString() : null),
})

/** What is not counted in tokens; empty where a request used none of it. */
const MEDIA = Object.keys(mediaCounts)
const inMedia = (name: string): Column => ({
  title: name,
  // The list's own member; its output was parsed before.
  value: ({ media }) => (media as ListedRow | undefined)?.[name],
})

/** Nano-dollars as dollars, to the last digit. */
const dollars = (title: string, name: string): Column => ({ title, value: (row) => toDollars(row[name]) })

/** JSON, in one cell. */
const json = (name: string): Column => ({
  title: name,
  value: (row) => (row[name] == null ? null : JSON.stringify(row[name])),
})

export function toDollars(nanoUsd: unknown): string | null {
  if (typeof nanoUsd !== 'number') return null
  const digits = String(Math.abs(nanoUsd)).padStart(10, '0')
  const text = `${digits.slice(0, -9)}.${digits.slice(-9)}`
  return nanoUsd < 0 ? `-${text}` : text
}

/** By the name of the file. */
export const CSV_EXPORTS: ReadonlyMap<string, CsvExport> = new Map<string, CsvExport>([
  [
    'usage.csv',
    {
      operation: () => 'usage.list',
      numbers: ['from', 'to', 'status'],
      columns: [
        moment('time', 'createdAt'),
        ...members('requestId', 'createdAt', 'userId', 'keyId', 'endpoint', 'model'),
        ...members('inputTokens', 'cachedInputTokens', 'cacheWriteTokens', 'outputTokens', 'reasoningTokens'),
        member('webSearchCalls'),
        ...MEDIA.map(inMedia),
        member('costNanoUsd'),
        dollars('costUsd', 'costNanoUsd'),
        ...members(
          'status',
          'errorCode',
          'reason',
          'durationMs',
          'firstTokenMs',
          'stream',
          'isDemo',
          'source',
        ),
      ],
    },
  ],
  [
    'ledger.csv',
    {
      operation: ({ userId }) => (userId === undefined ? 'me.ledger' : 'users.ledger'),
      numbers: [],
      fixed: { include: 'all' },
      columns: [
        moment('time', 'createdAt'),
        ...members('seq', 'kind', 'amountNanoUsd'),
        dollars('amountUsd', 'amountNanoUsd'),
        member('balanceAfterNanoUsd'),
        dollars('balanceAfterUsd', 'balanceAfterNanoUsd'),
        ...members('requestId', 'model', 'note', 'actorUserId'),
      ],
    },
  ],
  [
    'users.csv',
    {
      operation: () => 'users.list',
      numbers: [],
      columns: [
        ...members('id', 'email', 'role', 'status'),
        moment('createdAt', 'createdAt'),
        moment('lastSeenAt', 'lastSeenAt'),
        member('balanceNanoUsd'),
        dollars('balanceUsd', 'balanceNanoUsd'),
        dollars('creditLimitUsd', 'creditLimitNanoUsd'),
        dollars('availableUsd', 'availableNanoUsd'),
      ],
    },
  ],
  [
    'audit.csv',
    {
      operation: () => 'audit.list',
      numbers: ['from', 'to'],
      columns: [
        moment('time', 'createdAt'),
        ...members('id', 'actorUserId', 'actorEmail', 'operation', 'targetType', 'targetId'),
        json('before'),
        json('after'),
        member('address'),
      ],
    },
  ],
])
