// What stands in a record is what was put there, and nothing stands there that a table would not take.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { big, hold, settle } from '../../test/support/logging-sink.ts'
import { release } from '../../test/support/write-commands.ts'
import { HOLD_COLUMNS, type PackedCommand, pack, SETTLEMENT_COLUMNS, type Value } from './packed-commands.ts'
import { commandsIn, RecordContents } from './record-content.ts'
import { REDO_CONTENT_BYTES_MAX, REDO_HALF_BYTES } from './redo-log.ts'
import { SPENDING_COLUMNS } from './spending-statements.ts'

const contents = new RecordContents()
const readAgain = (commands: readonly PackedCommand[]) => {
  const content = contents.of(commands)
  return content && commandsIn(Buffer.from(content))
}

const text = fc.oneof(
  fc.constantFrom('', 'a', 'gpt-4o', 'ü', '€', '😀', '\u0000', '"', '\u2028'),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
)
const count = fc.oneof(
  fc.constantFrom(0, 239, 240, 255, 256, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  fc.maxSafeNat(),
)

/** Rows that are sound, and the names of their columns. */
const packedHold = pack(hold('r'))
const packedSettle = pack(settle('r'))
if (!('hold' in packedHold) || 'kind' in packedHold || !('settle' in packedSettle)) throw new Error('no rows')
const { hold: soundHold } = packedHold
const { settle: soundSettlement } = packedSettle
const NULLABLE = [
  'plan_subscription_id',
  'reported_usage',
  'upstream_response_id',
  'service_tier',
  'priced_tier',
  'further_usage',
  'upstream',
  'error_code',
  'first_token_ms',
]
const isText = (value: Value | undefined, column: string | undefined): boolean =>
  typeof value === 'string' || (value === null && column !== 'first_token_ms')

const valuesLike = (row: readonly Value[], columns: readonly string[]) =>
  fc.tuple(
    ...row.map((value, place): fc.Arbitrary<Value> => {
      const one: fc.Arbitrary<Value> = isText(value, columns[place]) ? text : count
      return NULLABLE.includes(columns[place] ?? '') ? fc.option(one, { nil: null }) : one
    }),
  )
const settlementColumns = [...SETTLEMENT_COLUMNS, ...SPENDING_COLUMNS, ...SPENDING_COLUMNS]
const command: fc.Arbitrary<PackedCommand> = fc.oneof(
  valuesLike(soundHold, HOLD_COLUMNS).map((values) => ({ hold: values })),
  fc
    .tuple(valuesLike(soundSettlement, settlementColumns), fc.boolean())
    .map(([settle, hasHold]) => ({ settle, hasHold })),
  valuesLike([...soundSettlement, ...soundSettlement.slice(-SPENDING_COLUMNS.length)], settlementColumns).map(
    (values) => ({ settle: values, hasHold: false }),
  ),
  text.map((id) => pack(release(id))),
)
/** Mostly of few values, so that many are those of the row before. */
const group = fc
  .array(command, { maxLength: 8 })
  .chain((few) => fc.array(fc.constantFrom(...few, pack(hold('r')), pack(settle('r'))), { maxLength: 20 }))

test('commands are read as they were written, whatever stands in them', () => {
  fc.assert(
    fc.property(group, (commands) => {
      expect(readAgain(commands)).toEqual(commands)
    }),
  )
})

test('a value that its column does not take keeps the whole group out of the log', () => {
  const wrong: readonly unknown[] = [-1, 0.5, Number.NaN, 2 ** 53, true, undefined, 7n]
  const rows = [
    { row: soundHold, columns: HOLD_COLUMNS, commandOf: (row: readonly Value[]) => ({ hold: row }) },
    {
      row: soundSettlement,
      columns: settlementColumns,
      commandOf: (row: readonly Value[]) => ({ settle: row, hasHold: false }),
    },
  ]
  for (const { row, columns, commandOf } of rows) {
    const takes = (place: number, value: unknown): boolean => {
      // What a caller in plain JavaScript might hand in.
      const commands = [commandOf(row), commandOf(row.with(place, value as Value))]
      const found = readAgain(commands)
      if (found) expect(found).toEqual(commands)
      return found !== undefined
    }
    row.forEach((value, place) => {
      const column = columns[place] ?? ''
      const isOfText = isText(value, column)
      expect([column, takes(place, 'a text'), takes(place, 1)]).toEqual([column, isOfText, !isOfText])
      expect([column, takes(place, null)]).toEqual([column, NULLABLE.includes(column)])
      expect([column, ...wrong.map((each) => takes(place, each))]).toEqual([
        column,
        ...wrong.map(() => false),
      ])
    })
    for (const cut of [[], row.slice(1), [...row, 1]]) expect(readAgain([commandOf(cut)])).toBeUndefined()
  }
})

test('what a record has no room for is no content, to the last byte', () => {
  const bytesOf = (length: number) => contents.of([pack(big('r', length))])?.length
  const beside = (bytesOf(1_000) ?? 0) - 1_000
  expect(bytesOf(REDO_CONTENT_BYTES_MAX - beside)).toBe(REDO_CONTENT_BYTES_MAX)
  expect(bytesOf(REDO_CONTENT_BYTES_MAX - beside + 1)).toBeUndefined()
  expect(bytesOf(REDO_HALF_BYTES * 2)).toBeUndefined()
  const many = Array.from({ length: 100_000 }, (_, n) => pack(hold(`the request with number ${n}`)))
  expect(contents.of(many) === undefined).toBe(true)
  expect(readAgain(many.slice(0, 100))).toEqual(many.slice(0, 100))
})
