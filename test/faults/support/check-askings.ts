// Holds each planned request against the books: it ended as it may have, cost what the upstream's own record comes to, and
// nothing is in the books that nobody asked for.
import type { Asking } from './asking.ts'
import type { Books, UsageRow } from './audit.ts'
import type { Counts, Rates } from './by-hand.ts'
import type { Seen } from './client.ts'
import { type Circumstances, type ExpectedEnding, expectedEndings, usualHold } from './expected-ending.ts'
import type { Delivery } from './scripted-upstream.ts'

interface Load {
  readonly members: readonly {
    readonly isRich: boolean
    readonly keys: readonly { readonly keyId: string }[]
  }[]
  readonly models: ReadonlyMap<string, Rates>
  readonly multiplierPpm: number
  readonly asked: ReadonlyMap<string, { readonly asking: Asking; readonly seen: Seen }>
  readonly upstream: { deliveriesOf(id: string): readonly Delivery[] }
}

export function checkAskings(load: Load, books: Books): string[] {
  const problems: string[] = []
  const rows = new Map(books.usage.map((row) => [row.requestId, row]))
  const leftUnseen = new Map<string, number>()
  const byIdentity = new Map(books.usage.map((row) => [`${row.keyId} ${row.model}`, row]))
  for (const { asking, seen } of load.asked.values()) {
    const keyId = load.members[asking.person]?.keys[asking.key]?.keyId ?? ''
    const named = seen.requestId === undefined ? undefined : rows.get(seen.requestId)
    const row = named ?? byIdentity.get(`${keyId} ${asking.model}`)
    if (row && row.keyId !== keyId) problems.push(`${asking.id}: booked on another key`)
    if (row) rows.delete(row.requestId)
    else if (/body/.test(asking.leaving.when)) leftUnseen.set(keyId, (leftUnseen.get(keyId) ?? 0) + 1)
    problems.push(...checkOne(load, books, { asking, seen, row }))
  }
  const strangers = [...rows.values()].filter((row) => !isSlowBody(row, leftUnseen))
  return [...problems, ...strangers.map((row) => `nobody asked for ${JSON.stringify(row)}`)]
}

/** Somebody who left with a body under way may have been refused as too slow before the leaving was noticed. */
function isSlowBody({ keyId, errorCode, costNanoUsd }: UsageRow, leftUnseen: Map<string, number>): boolean {
  const left = leftUnseen.get(keyId) ?? 0
  if (errorCode !== 'request_timeout' || costNanoUsd !== 0 || left === 0) return false
  leftUnseen.set(keyId, left - 1)
  return true
}

interface One {
  readonly asking: Asking
  readonly seen: Seen
  readonly row: UsageRow | undefined
}

function checkOne(load: Load, books: Books, { asking, seen, row }: One): string[] {
  const rates = load.models.get(asking.model)
  if (!rates) throw new Error(`${asking.model} has no price`)
  const charge = row && books.charges.get(row.requestId)
  const deliveries = load.upstream.deliveriesOf(asking.id)
  const { multiplierPpm } = load
  const first: Circumstances = { asking, seen, deliveries, rates, multiplierPpm, holdNanoUsd: 0 }
  const handHold = usualHold(first)
  const isRich = load.members[asking.person]?.isRich === true
  const holdNanoUsd = charge && !isRich ? charge.holdNanoUsd : handHold
  const expected = expectedEndings({ ...first, holdNanoUsd })
  const problems: string[] = []
  if (charge && charge.holdNanoUsd !== holdNanoUsd)
    problems.push(`held ${charge.holdNanoUsd}, by hand ${holdNanoUsd}`)
  if (charge && isRich && charge.writeOffNanoUsd !== 0)
    problems.push('written off, although it could be paid')
  if (!expected.some((ending) => isAsExpected(ending, row, charge, asking)))
    problems.push(`ended ${shown({ row, charge })}, expected ${shown(expected)}`)
  if (deliveries.length > 0 && !row) problems.push('sent upstream, and not in the books')
  if (isRich && seen.status === 429 && deliveries.length === 0)
    problems.push('refused to somebody who is rich')
  return problems.map((problem) => `${asking.id} (${shown(about(asking, seen, deliveries))}): ${problem}`)
}

function isAsExpected(
  expected: ExpectedEnding,
  row: UsageRow | undefined,
  charge: ReturnType<Books['charges']['get']>,
  asking: Asking,
): boolean {
  switch (expected.kind) {
    case 'none':
      return row === undefined
    case 'refused':
      return row?.reason === 'refused' && !charge && (asking.refusedWith ?? row.errorCode) === row.errorCode
    case 'release':
      return row !== undefined && isRelease(row) && !charge
    case 'charge':
      return (
        charge !== undefined &&
        charge.amountNanoUsd + charge.writeOffNanoUsd === expected.dueNanoUsd &&
        expected.reasons.includes(charge.reason) &&
        (charge.isFlagged === 1) === expected.isFlagged &&
        (expected.counts === undefined || hasCounts(charge, expected.counts))
      )
  }
}

/** Whoever left before anything was sent, or sent once more, has left; all else is the upstream's failure. */
const isRelease = ({ reason, status }: UsageRow): boolean =>
  reason === 'upstream_failed' || (reason === 'client_left' && status === 499)

const COUNTS = ['input', 'cached', 'cacheWrite', 'output', 'reasoning', 'searches'] as const

const hasCounts = (charge: Counts, counts: Counts): boolean =>
  COUNTS.every((name) => charge[name] === counts[name])

const about = (asking: Asking, seen: Seen, deliveries: readonly Delivery[]) => ({
  dialect: asking.dialect,
  isStream: asking.isStream,
  leaving: asking.leaving,
  scenario: asking.upstream.scenario,
  seen: { status: seen.status, bytes: seen.body.length, isWhole: seen.isWhole },
  deliveries: deliveries.map(({ record, wholeUsage }) => ({
    outcome: record.outcome,
    bytesSent: record.bytesSent,
    wholeUsage,
  })),
})

const shown = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'function' ? String(member) : member,
  ) ?? 'nothing'
