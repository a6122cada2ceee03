// Possible losses over HTTP: what a crash left behind is listed, and charged once or dismissed once.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditOf, leaveOpen, onBooks } from './support/books.ts'
import { type Person, type RunningGateway, startGateway, TEST_MODEL } from './support/running-gateway.ts'

const DOLLAR = 1_000_000_000
const CENT = DOLLAR / 100
let dataDir = ''
let gateway: RunningGateway
let rich: Person
let poor: Person
const ARRIVED = Date.now() - 60_000

/** So many requests of each were running when the process died. */
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-losses-'))
  const first = await startGateway({ dataDir })
  rich = await first.createPerson(100 * DOLLAR)
  poor = await first.createPerson(3 * CENT)
  await first.stop()
  const priceId = await onBooks(dataDir, ({ raw }) =>
    raw.prepare<[string], string>('SELECT id FROM prices WHERE model = ?').pluck().get(TEST_MODEL),
  )
  const held = (person: Person, n: number, amountNanoUsd: number) => ({
    requestId: `req_lost_${person === rich ? 'rich' : 'poor'}_${n}`,
    userId: person.id,
    keyId: person.keyId,
    model: TEST_MODEL,
    priceId: priceId ?? '',
    amountNanoUsd,
    planSubscriptionId: null,
    createdAt: ARRIVED + n,
  })
  await leaveOpen(dataDir, [
    ...[1, 2, 3, 4, 5].map((n) => held(rich, n, n * CENT)),
    ...[6, 7, 8].map((n) => held(poor, n, n * CENT)),
  ])
  gateway = await startGateway({ dataDir })
})
afterAll(async () => {
  await gateway.stop()
  await rm(dataDir, { recursive: true, force: true })
})

interface Loss {
  readonly requestId: string
  readonly state: string
  readonly chargedNanoUsd: number
  readonly unchargedNanoUsd: number
}
interface Losses {
  readonly rows: Loss[]
  readonly nextCursor: string | null
  readonly open: { count: number; estimateNanoUsd: number }
}
const list = async (input: Record<string, unknown> = {}) =>
  (await gateway.admin<Losses>('losses.list', input)).data
const charge = (requestId: string, more: Record<string, unknown> = {}) =>
  gateway.admin<Loss>('losses.charge', { requestId, note: 'seen on the bill', ...more })
const dismiss = (requestId: string, more: Record<string, unknown> = {}) =>
  gateway.admin<Loss>('losses.dismiss', { requestId, note: 'never ran', ...more })

describe('possible losses', () => {
  test('are listed with person, key, model, time and the most that they can have cost, page by page', async () => {
    const { rows, open } = await list()
    expect(open).toEqual({ count: 8, estimateNanoUsd: 36 * CENT })
    expect(rows).toHaveLength(8)
    expect(rows[7]).toEqual({
      requestId: 'req_lost_rich_1',
      userId: rich.id,
      userEmail: rich.email,
      keyId: rich.keyId,
      keyName: 'test',
      model: TEST_MODEL,
      estimateNanoUsd: CENT,
      planSubscriptionId: null,
      createdAt: ARRIVED + 1,
      foundAt: expect.any(Number),
      state: 'open',
      chargedNanoUsd: 0,
      unchargedNanoUsd: CENT,
      resolvedAt: null,
      actorUserId: null,
      note: null,
    })
    const ids: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
      ids.push(...page.rows.map(({ requestId }) => requestId))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(ids).toEqual(rows.map(({ requestId }) => requestId))
  })

  test('are charged with one click, once, and the receipt, the ledger and the audit say so', async () => {
    const before = await gateway.balanceOf(rich)
    expect((await charge('req_lost_rich_2')).data).toMatchObject({
      state: 'charged',
      chargedNanoUsd: 2 * CENT,
      unchargedNanoUsd: 0,
      actorUserId: expect.any(String),
      note: 'seen on the bill',
    })
    expect(await gateway.balanceOf(rich)).toBe(before - 2 * CENT)
    for (const again of [charge('req_lost_rich_2'), dismiss('req_lost_rich_2')]) {
      expect(await again).toMatchObject({ status: 409, error: { code: 'loss_already_resolved' } })
    }
    expect(await gateway.balanceOf(rich)).toBe(before - 2 * CENT)

    const cookie = await gateway.signIn(rich.email, 'a long enough password')
    const receipt = await gateway.call('usage.receipt', { requestId: 'req_lost_rich_2' }, cookie)
    expect(receipt.data).toMatchObject({
      outcome: 'lost',
      paidNanoUsd: 2 * CENT,
      refundableNanoUsd: 2 * CENT,
      entries: [
        { kind: 'hold' },
        { kind: 'release' },
        { kind: 'charge', amountNanoUsd: -2 * CENT, actorUserId: null },
      ],
      details: null,
      areDetailsExpired: false,
    })
    const ledger = await gateway.call<{ rows: unknown[] }>('me.ledger', {}, cookie)
    expect(ledger.data.rows[0]).toMatchObject({
      kind: 'charge',
      requestId: 'req_lost_rich_2',
      note: 'seen on the bill',
    })
    expect(await auditOf(dataDir, { operation: 'losses.charge', targetId: 'req_lost_rich_2' })).toMatchObject(
      [
        {
          targetType: 'request',
          before: { balanceNanoUsd: before },
          after: { balanceNanoUsd: before - 2 * CENT, userId: rich.id, amountNanoUsd: 2 * CENT },
        },
      ],
    )
  })

  test('that were charged can be refunded', async () => {
    await charge('req_lost_rich_1')
    const before = await gateway.balanceOf(rich)
    const refunded = await gateway.admin('usage.refund', { requestId: 'req_lost_rich_1', note: 'after all' })
    expect(refunded.data).toMatchObject({ refundedNanoUsd: CENT, balanceNanoUsd: before + CENT })
  })

  test('may be charged with less than the estimate, never with more', async () => {
    expect(await charge('req_lost_rich_3', { amountNanoUsd: 3 * CENT + 1 })).toMatchObject({
      status: 409,
      error: { code: 'loss_charge_too_large', details: { maxNanoUsd: 3 * CENT } },
    })
    expect((await charge('req_lost_rich_3', { amountNanoUsd: CENT })).data).toMatchObject({
      state: 'charged',
      chargedNanoUsd: CENT,
      unchargedNanoUsd: 2 * CENT,
    })
  })

  test('take an account to its limit and no further: the rest stays named', async () => {
    expect(await charge('req_lost_poor_6', { amountNanoUsd: 4 * CENT })).toMatchObject({
      status: 409,
      error: { code: 'balance_below_limit', details: { maxNanoUsd: 3 * CENT } },
    })
    expect((await list({ state: 'open', userId: poor.id })).rows).toHaveLength(3)
    expect((await charge('req_lost_poor_6')).data).toMatchObject({
      state: 'charged',
      chargedNanoUsd: 3 * CENT,
      unchargedNanoUsd: 3 * CENT,
    })
    expect(await gateway.balanceOf(poor)).toBe(0)
  })

  test('stay open where there is nothing to take, and can be charged after a top-up', async () => {
    expect(await charge('req_lost_poor_7')).toMatchObject({
      error: { code: 'balance_below_limit', details: { maxNanoUsd: 0 } },
    })
    await gateway.admin('users.adjustBalance', { userId: poor.id, amountNanoUsd: 10 * CENT })
    expect((await charge('req_lost_poor_7')).data).toMatchObject({ chargedNanoUsd: 7 * CENT })
    expect(await gateway.balanceOf(poor)).toBe(3 * CENT)
  })

  test('are dismissed for good, which costs nobody anything', async () => {
    const before = await gateway.balanceOf(rich)
    expect((await dismiss('req_lost_rich_4')).data).toMatchObject({ state: 'dismissed', chargedNanoUsd: 0 })
    for (const again of [charge('req_lost_rich_4'), dismiss('req_lost_rich_4')]) {
      expect(await again).toMatchObject({ status: 409, error: { code: 'loss_already_resolved' } })
    }
    expect(await gateway.balanceOf(rich)).toBe(before)
    expect(
      await auditOf(dataDir, { operation: 'losses.dismiss', targetId: 'req_lost_rich_4' }),
    ).toMatchObject([
      { before: { state: 'open' }, after: { state: 'dismissed', userId: rich.id, note: 'never ran' } },
    ])
  })

  test('are charged or dismissed, not both, where both are asked for at once', async () => {
    const before = await gateway.balanceOf(rich)
    const answers = await Promise.all(
      [charge, dismiss, charge, dismiss].map((decide) => decide('req_lost_rich_5')),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    const [row] = (await list()).rows.filter(({ requestId }) => requestId === 'req_lost_rich_5')
    expect(await gateway.balanceOf(rich)).toBe(before - (row?.chargedNanoUsd ?? 0))
    expect(row?.chargedNanoUsd).toBe(row?.state === 'charged' ? 5 * CENT : 0)
  })

  test('that never were are not found, and junk is refused', async () => {
    for (const decide of [charge, dismiss]) {
      expect(await decide('req_none')).toMatchObject({ status: 404, error: { code: 'loss_not_found' } })
      expect(await decide('')).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
      expect(await decide('req_lost_poor_8', { note: '' })).toMatchObject({
        error: { code: 'invalid_input' },
      })
    }
    for (const amountNanoUsd of [0, -1, 0.5, 1e16, '1']) {
      expect(await charge('req_lost_poor_8', { amountNanoUsd })).toMatchObject({
        error: { code: 'invalid_input' },
      })
    }
    for (const input of [{ state: 'lost' }, { limit: 0 }, { limit: 201 }, { cursor: '5' }, { cursor: 'x' }]) {
      expect(await gateway.admin('losses.list', input)).toMatchObject({ error: { code: 'invalid_input' } })
    }
    expect((await list({ state: 'open' })).open).toEqual({ count: 1, estimateNanoUsd: 8 * CENT })
  })
})

test('after all of it the ledger light says that the books are right', async () => {
  await gateway.admin('ledger.check')
  const status = async () => (await gateway.admin<{ state: string }>('ledger.status')).data
  // The thread that checks gives way to whatever else wants the processor.
  await expect.poll(async () => (await status()).state, { timeout: 100_000 }).not.toBe('checking')
  expect(await status()).toMatchObject({ state: 'ok', findings: [], findingsTotal: 0, progress: null })
}, 120_000)
