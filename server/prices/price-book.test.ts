// Which price is in force, and how an operator's prices are taken, on a real database.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PriceInput } from '../../contract/price.ts'
import { migrateDatabase } from '../db/migrate.ts'
import { type Db, openDatabase } from '../db/open.ts'
import { createPricesRepository } from '../db/repositories/prices.ts'
import { createPriceBook, type PriceBook, type StatedPrice } from './price-book.ts'

const migrationsDir = join(import.meta.dirname, '../../drizzle')
const NOW = Date.UTC(2026, 10, 23, 12)
const HOUR_MS = 3_600_000
const RATES = { inputNanoUsdPerMTok: 1_000_000_000, outputNanoUsdPerMTok: 4_000_000_000 }

let folder: string
let db: Db
let now: number
let book: PriceBook

const openFresh = (name: string): void => {
  db = openDatabase(join(folder, name))
  migrateDatabase(db, { migrationsDir, backupDir: folder, now: NOW })
}
const startBook = (): PriceBook => {
  let count = 0
  const prefix = `row-${db.raw.prepare('select count(*) as n from prices').pluck().get()}`
  return createPriceBook({
    repository: createPricesRepository(db),
    clock: { now: () => now },
    ids: { next: () => `${prefix}-${count++}` },
  })
}
const rowCount = () => createPricesRepository(db).all().length
const upsert = (input: Partial<PriceInput> = {}) => book.upsert({ model: 'team-model', ...RATES, ...input })
const inputRate = (model: string, at = now) => book.priceOf(model, at)?.inputNanoUsdPerMTok

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'price-book-'))
  openFresh('gateway.sqlite')
  now = NOW
  book = startBook()
})
afterEach(() => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('shipped prices', () => {
  test('are there from the start, each model once, in the order of names', () => {
    const models = book.models(now).map((row) => row.model)
    expect(models).toContain('gpt-6.1-sol')
    expect(models).toEqual([...new Set(models)].sort())
  })

  test('are kept once, however often the gateway starts', () => {
    const before = rowCount()
    startBook()
    expect(rowCount()).toBe(before)
  })

  test('survive a clock that is years behind, even one that was so at the first start', () => {
    expect(inputRate('gpt-6-sol', 0)).toBe(2_000_000_000)
    db.close()
    openFresh('other.sqlite')
    now = 0
    book = startBook()
    expect(inputRate('gpt-6-sol')).toBe(2_000_000_000)
    now = NOW
    expect(inputRate('gpt-6-sol')).toBe(2_000_000_000)
  })

  test('a model without a price has none', () => {
    expect(book.priceOf('gpt-99', now)).toBeUndefined()
    expect(book.priceOf('constructor', now)).toBeUndefined()
  })
})

describe('an operator’s price', () => {
  test('takes effect at once and survives a restart', () => {
    const added = upsert()
    expect(added).toMatchObject({
      ok: true,
      value: { origin: 'operator', effectiveFrom: NOW, model: 'team-model' },
    })
    expect(inputRate('team-model')).toBe(1_000_000_000)
    book = startBook()
    expect(inputRate('team-model')).toBe(1_000_000_000)
    expect(added.ok && book.priceOf('team-model', now)?.id).toBe(added.ok && added.value.id)
  })

  test('wins over a shipped one, whatever the dates', () => {
    now = Date.UTC(2026, 0, 1)
    book.upsert({ model: 'gpt-6-sol', ...RATES })
    now = NOW
    expect(inputRate('gpt-6-sol')).toBe(1_000_000_000)
    expect(book.models(now).find((row) => row.model === 'gpt-6-sol')?.origin).toBe('operator')
  })

  test('with a later date leaves the price as it is until then', () => {
    book.upsert({ model: 'gpt-6-sol', ...RATES, effectiveFrom: NOW + HOUR_MS })
    upsert({ effectiveFrom: NOW + HOUR_MS })
    expect(inputRate('gpt-6-sol', NOW + HOUR_MS - 1)).toBe(2_000_000_000)
    expect(inputRate('gpt-6-sol', NOW + HOUR_MS)).toBe(1_000_000_000)
    expect(book.priceOf('team-model', NOW + HOUR_MS - 1)).toBeUndefined()
  })

  test('follows an earlier one and leaves the earlier row as it was', () => {
    const first = upsert()
    now += HOUR_MS
    upsert({ inputNanoUsdPerMTok: 7 })
    expect(inputRate('team-model')).toBe(7)
    expect(createPricesRepository(db).all()).toContainEqual(
      expect.objectContaining({ id: first.ok && first.value.id, inputNanoUsdPerMTok: 1_000_000_000 }),
    )
  })

  test('takes effect at once even within the millisecond of another', () => {
    upsert()
    upsert({ inputNanoUsdPerMTok: 7 })
    expect(inputRate('team-model')).toBe(7)
    upsert({ inputNanoUsdPerMTok: 8 })
    expect(inputRate('team-model')).toBe(8)
    book = startBook()
    expect(inputRate('team-model')).toBe(8)
  })

  test('stays in force when the clock goes back, and can be followed there', () => {
    upsert()
    now -= HOUR_MS
    expect(inputRate('team-model')).toBe(1_000_000_000)
    upsert({ inputNanoUsdPerMTok: 7 })
    expect(inputRate('team-model')).toBe(7)
    now = NOW + HOUR_MS
    expect(inputRate('team-model')).toBe(7)
  })

  test('of zero is a price', () => {
    upsert({ inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 })
    expect(inputRate('team-model')).toBe(0)
  })
})

describe('a price sent again', () => {
  test('succeeds with the same row and adds nothing', () => {
    const first = upsert({ cachedInputNanoUsdPerMTok: 5 })
    const before = rowCount()
    now += HOUR_MS
    expect(upsert({ cachedInputNanoUsdPerMTok: 5 })).toEqual(first)
    expect(upsert({ cachedInputNanoUsdPerMTok: 5, cacheWriteNanoUsdPerMTok: null })).toEqual(first)
    expect(rowCount()).toBe(before)
  })

  test('with its date succeeds even when that date has passed', () => {
    const first = upsert({ effectiveFrom: NOW + HOUR_MS })
    now += 2 * HOUR_MS
    expect(upsert({ effectiveFrom: NOW + HOUR_MS })).toEqual(first)
  })

  test('with the moment it was first sent at succeeds, though it arrived a little later', () => {
    const first = upsert({ effectiveFrom: NOW - 40 })
    expect(first).toMatchObject({ ok: true, value: { effectiveFrom: NOW } })
    now += HOUR_MS
    expect(upsert({ effectiveFrom: NOW - 40 })).toEqual(first)
  })

  test('is a new price where a zero stands for an empty column', () => {
    const first = upsert()
    expect(upsert({ cachedInputNanoUsdPerMTok: 0 })).not.toEqual(first)
    expect(book.priceOf('team-model', now)?.cachedInputNanoUsdPerMTok).toBe(0)
  })

  test('after another one was in force is a new price', () => {
    upsert()
    now += HOUR_MS
    upsert({ inputNanoUsdPerMTok: 7 })
    now += HOUR_MS
    upsert()
    expect(inputRate('team-model')).toBe(1_000_000_000)
  })
})

describe('a price that is refused', () => {
  test('would take effect in the past', () => {
    expect(upsert({ effectiveFrom: NOW - HOUR_MS })).toMatchObject({
      ok: false,
      error: { code: 'price_in_past', param: 'effectiveFrom' },
    })
    expect(book.priceOf('team-model', now)).toBeUndefined()
  })

  test('contradicts another one for the same later moment', () => {
    upsert({ effectiveFrom: NOW + HOUR_MS })
    expect(upsert({ effectiveFrom: NOW + HOUR_MS, inputNanoUsdPerMTok: 7 })).toMatchObject({
      ok: false,
      error: { code: 'price_conflict', param: 'effectiveFrom' },
    })
  })

  test('has half of a tier of service, or long rates of one that no threshold ever reaches', () => {
    expect(upsert({ flexInputNanoUsdPerMTok: 5 })).toMatchObject({
      error: { code: 'invalid_input', param: 'flexOutputNanoUsdPerMTok' },
    })
    expect(upsert({ flexCachedInputNanoUsdPerMTok: 5 })).toMatchObject({
      error: { code: 'invalid_input', param: 'flexInputNanoUsdPerMTok' },
    })
    expect(upsert({ priorityLongOutputNanoUsdPerMTok: 5 })).toMatchObject({
      error: { code: 'invalid_input', param: 'longContextAboveTokens' },
    })
    expect(upsert({ flexInputNanoUsdPerMTok: 5, flexOutputNanoUsdPerMTok: 0 }).ok).toBe(true)
  })

  test('has a long rate that no threshold ever reaches, or a threshold without a long rate', () => {
    expect(upsert({ longCachedInputNanoUsdPerMTok: 5 })).toMatchObject({
      error: { code: 'invalid_input', param: 'longContextAboveTokens' },
    })
    expect(upsert({ longContextAboveTokens: 5 })).toMatchObject({
      error: { code: 'invalid_input', param: 'longInputNanoUsdPerMTok' },
    })
    expect(upsert({ longContextAboveTokens: 5, longInputNanoUsdPerMTok: 5 }).ok).toBe(true)
  })

  test('cannot be kept, and then prices nothing', () => {
    db.close()
    expect(() => upsert()).toThrow()
    expect(book.priceOf('team-model', now)).toBeUndefined()
  })
})

describe('many prices at once', () => {
  const inputs: PriceInput[] = [
    { model: 'one', ...RATES },
    { model: 'two', ...RATES },
    { model: 'one', ...RATES, inputNanoUsdPerMTok: 7, effectiveFrom: NOW + HOUR_MS },
  ]
  const nothing = () => undefined

  test('are all there, those of the same model one after the other', () => {
    const added = book.upsertAll(inputs, nothing)
    expect(added.ok && added.value.map(({ isAdded }) => isAdded)).toEqual([true, true, true])
    expect([inputRate('one'), inputRate('one', NOW + HOUR_MS), inputRate('two')]).toEqual([
      1_000_000_000, 7, 1_000_000_000,
    ])
    const again = book.upsertAll(inputs, nothing)
    expect(again.ok && again.value.map(({ isAdded }) => isAdded)).toEqual([false, false, false])
  })

  test('are none where one is refused, and it is said which', () => {
    const before = rowCount()
    const wrong = [...inputs, { model: 'three', ...RATES, effectiveFrom: 1 }]
    expect(book.upsertAll(wrong, nothing)).toMatchObject({
      ok: false,
      error: { index: 3, refusal: { code: 'price_in_past' } },
    })
    expect(rowCount()).toBe(before)
    expect(book.priceOf('one', now)).toBeUndefined()
  })

  test('are none where what is written with them cannot be written', () => {
    const before = rowCount()
    expect(() =>
      book.upsertAll(inputs, () => {
        throw new Error('no audit')
      }),
    ).toThrow('no audit')
    expect(rowCount()).toBe(before)
    expect(book.priceOf('one', now)).toBeUndefined()
  })

  test('can be looked at before: what they would take the place of, and nothing changes', () => {
    upsert({ model: 'one' })
    const before = rowCount()
    const seen = book.preview([...inputs, { model: 'gpt-6-sol', ...RATES, effectiveFrom: 1 }])
    const [repeated, added, later, refused] = seen
    expect(repeated).toMatchObject({ ok: true, value: { isAdded: false } })
    expect(added).toMatchObject({ ok: true, value: { isAdded: true, before: undefined } })
    expect(later).toMatchObject({ ok: true, value: { before: { inputNanoUsdPerMTok: 1_000_000_000 } } })
    expect(refused).toMatchObject({ ok: false, error: { code: 'price_in_past' } })
    expect(rowCount()).toBe(before)
  })
})

describe('the history', () => {
  beforeEach(() => {
    // Behind every shipped row.
    now = Date.UTC(2026, 11, 1)
  })
  const states = (model: string) =>
    book
      .history(now)
      .filter((row) => row.model === model)
      .map((row) => [row.origin, row.state])

  test('has every row of a model, the latest first, each with what it is now', () => {
    book.upsert({ model: 'gpt-6-luna', ...RATES })
    now += HOUR_MS
    book.upsert({ model: 'gpt-6-luna', ...RATES, inputNanoUsdPerMTok: 7 })
    book.upsert({ model: 'gpt-6-luna', ...RATES, effectiveFrom: now + HOUR_MS })
    expect(states('gpt-6-luna').filter(([origin]) => origin === 'operator')).toEqual([
      ['operator', 'upcoming'],
      ['operator', 'in_force'],
      ['operator', 'superseded'],
    ])
    expect(
      states('gpt-6-luna')
        .filter(([origin]) => origin === 'shipped')
        .every(([, state]) => state === 'superseded'),
    ).toBe(true)
    now += HOUR_MS
    expect(states('gpt-6-luna')[0]).toEqual(['operator', 'in_force'])
  })

  test('of a moment that has passed has the price that held then in force, and later ones to come', () => {
    book.upsert({ model: 'gpt-6-luna', ...RATES })
    const then = now + HOUR_MS
    now += 2 * HOUR_MS
    book.upsert({ model: 'gpt-6-luna', ...RATES, inputNanoUsdPerMTok: 7 })
    const ofOperator = (rows: readonly StatedPrice[]) =>
      rows
        .filter((row) => row.model === 'gpt-6-luna' && row.origin === 'operator')
        .map((row) => [row.inputNanoUsdPerMTok, row.state])
    expect(ofOperator(book.pastHistory(then))).toEqual([
      [7, 'upcoming'],
      [RATES.inputNanoUsdPerMTok, 'in_force'],
    ])
    // A clock that has gone back to that moment brings the old price not back, though.
    expect(ofOperator(book.history(then))[0]).toEqual([7, 'in_force'])
  })

  test('has the shipped prices of a fresh installation in force, and the demo’s only with the demo', () => {
    expect(states('gpt-6-sol').map(([, state]) => state)).toEqual(['in_force', 'superseded'])
    expect(states('demo-fast')).toEqual([])
    book.setDemo(true)
    expect(states('demo-fast')).toEqual([['demo', 'in_force']])
  })
})

describe('a price that is withdrawn', () => {
  const later = () => {
    const added = upsert({ effectiveFrom: NOW + HOUR_MS })
    if (!added.ok) throw new Error(added.error.code)
    return added.value
  }
  const withdraw = (id: string) => book.withdraw(id, 'admin', () => undefined)

  test('before it began prices nothing, not even after a restart, and stays in the book', () => {
    const { id } = later()
    expect(withdraw(id)).toMatchObject({ ok: true, value: { id, state: 'withdrawn' } })
    expect(withdraw(id)).toMatchObject({ ok: true })
    now += 2 * HOUR_MS
    expect(inputRate('team-model')).toBeUndefined()
    book = startBook()
    expect(inputRate('team-model')).toBeUndefined()
    expect(book.history(now).find((row) => row.id === id)?.state).toBe('withdrawn')
  })

  test('leaves its moment to another one', () => {
    withdraw(later().id)
    const again = upsert({ effectiveFrom: NOW + HOUR_MS, inputNanoUsdPerMTok: 7 })
    expect(again).toMatchObject({ ok: true, value: { effectiveFrom: NOW + HOUR_MS + 1 } })
    expect(inputRate('team-model', NOW + HOUR_MS + 1)).toBe(7)
  })

  test('is refused once it has begun, and where it is no price of an operator', () => {
    const { id } = later()
    now += HOUR_MS
    expect(withdraw(id)).toMatchObject({ ok: false, error: { code: 'price_in_force' } })
    expect(withdraw('shipped:gpt-6-sol:2026-11-25')).toMatchObject({ error: { code: 'price_not_found' } })
    expect(withdraw('nothing')).toMatchObject({ error: { code: 'price_not_found' } })
  })

  test('stays in force where its withdrawal cannot be written', () => {
    const { id } = later()
    expect(() =>
      book.withdraw(id, 'admin', () => {
        throw new Error('no audit')
      }),
    ).toThrow('no audit')
    expect(inputRate('team-model', NOW + HOUR_MS)).toBe(1_000_000_000)
    book = startBook()
    expect(inputRate('team-model', NOW + HOUR_MS)).toBe(1_000_000_000)
  })
})

describe('the demo', () => {
  test('has models of its own, and no shipped ones', () => {
    book.setDemo(true)
    expect(book.models(now).map((row) => row.model)).toEqual([
      'demo-embedding',
      'demo-fast',
      'demo-image',
      'demo-reasoning',
      'demo-smart',
      'demo-speech',
      'demo-transcribe',
      'demo-whisper',
      // What is moderated with where no model is named.
      'omni-moderation-latest',
    ])
    expect(book.models(now).every((row) => row.origin === 'demo')).toBe(true)
    expect(book.priceOf('gpt-6-sol', now)).toBeUndefined()
  })

  test('leaves nothing behind', () => {
    book.setDemo(true)
    book.setDemo(false)
    expect(book.priceOf('demo-fast', now)).toBeUndefined()
    expect(book.models(now).some((row) => row.origin === 'demo')).toBe(false)
    expect(inputRate('gpt-6-sol')).toBe(2_000_000_000)
  })

  test('keeps an operator’s prices', () => {
    upsert()
    book.upsert({ model: 'demo-fast', ...RATES })
    book.setDemo(true)
    expect(book.models(now).map((row) => row.model)).toContain('team-model')
    expect(inputRate('demo-fast')).toBe(1_000_000_000)
  })
})
