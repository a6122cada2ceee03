// The matrix of rates names columns of the contract, all of them, and a first guess comes from a model that is alike.
import { expect, test } from 'vitest'
import { CORE_RATE_COLUMNS, FURTHER_RATE_COLUMNS, type PriceRow } from '../../../../contract/price.ts'
import { columnWords } from './column-words.ts'
import {
  changeText,
  KINDS,
  MEDIA_COLUMNS,
  nearestRow,
  parseRows,
  placeOf,
  RATE_GROUPS,
  ratesOf,
  TOKEN_COLUMNS,
  TOOL_COLUMNS,
} from './rates.ts'
import en from './words.en.json' with { type: 'json' }

test('every rate of a price row stands somewhere on the screen, and nothing else does', () => {
  const shown = [
    ...RATE_GROUPS.flatMap(({ columns }) => KINDS.flatMap((kind) => columns[kind] ?? [])),
    ...MEDIA_COLUMNS,
    ...TOOL_COLUMNS,
    ...TOKEN_COLUMNS,
    'isReasoning',
  ]
  expect([...shown].sort()).toEqual([...CORE_RATE_COLUMNS, ...FURTHER_RATE_COLUMNS].sort())
})

test('every rate has a name of its own, and none is shown as the code writes it', () => {
  const columns = [...CORE_RATE_COLUMNS, ...FURTHER_RATE_COLUMNS]
  const names = columns.map((column) => columnWords((word) => String(Object(en)[word]), column))
  expect(names.filter((name) => /NanoUsd|undefined/.test(name))).toEqual([])
  expect(new Set(names).size).toBe(columns.length)
})

test('a column is named by its tier and its kind', () => {
  expect(placeOf('priorityLongCacheWriteNanoUsdPerMTok')).toEqual({
    group: 'priorityLong',
    kind: 'cacheWrite',
  })
  expect(placeOf('isReasoning')).toBeUndefined()
})

test('a new row takes over rates alone, and nothing that is empty', () => {
  const row: PriceRow & { readonly state: string } = {
    id: 'p',
    model: 'm',
    effectiveFrom: 1,
    createdAt: 1,
    origin: 'shipped',
    source: 'x',
    state: 'in_force',
    inputNanoUsdPerMTok: 0,
    outputNanoUsdPerMTok: 2,
    cachedInputNanoUsdPerMTok: null,
  }
  expect(ratesOf(row)).toEqual({ inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 2 })
})

test('a first guess is the model whose name begins most alike, and none where nothing is alike', () => {
  const rows = [{ model: 'gpt-5.6-sol' }, { model: 'gpt-5.4' }, { model: 'o3' }]
  expect(nearestRow('gpt-5.6-luna', rows)?.model).toBe('gpt-5.6-sol')
  expect(nearestRow('whisper-1', rows)).toBeUndefined()
})

test('rows are read from a list and from an object, and nothing else is rows', () => {
  expect(parseRows('[{"model":"m"}]')).toEqual([{ model: 'm' }])
  expect(parseRows('{"rows":[{"model":"m"}]}')).toEqual([{ model: 'm' }])
  for (const text of ['[]', 'null', '{}', '[1]', '{', '"m"']) expect(parseRows(text)).toBeUndefined()
})

test('a change is signed, with one decimal where it is small', () => {
  expect([250_000, -200_000, 1_234].map(changeText)).toEqual(['+25%', '\u221220%', '+0.1%'])
})
