// Requests explained and refunded: real requests over HTTP, and what their people and the operator can learn of them later.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditOf, onBooks } from './support/books.ts'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
  type UsageRowView,
} from './support/running-gateway.ts'

const DOLLAR = 1_000_000_000
let gateway: RunningGateway
let person: Person
let cookie = ''

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson(100 * DOLLAR)
  cookie = await gateway.signIn(person.email, 'a long enough password')
})

/** The shape of a receipt, as far as these tests look at it by name. */
interface ReceiptView {
  readonly outcome: string
  readonly model: string
  readonly endpoint: string
  readonly receivedAt: number
  readonly entries: {
    seq: number
    kind: string
    amountNanoUsd: number
    heldNanoUsd: number
    note: string
    actorUserId: string
  }[]
  readonly price: Record<string, unknown> | null
  readonly charge:
    | (Record<string, unknown> & { readonly formula: Formula; readonly amountNanoUsd: number })
    | null
  readonly paidNanoUsd: number
  readonly refundedNanoUsd: number
  readonly refundableNanoUsd: number
  readonly flags: Record<string, boolean>
  readonly details: Record<string, unknown> | null
  readonly areDetailsExpired: boolean
}
interface Formula {
  readonly lines: { kind: string; count: number; rateNanoUsd: number; exactNanoUsd: string }[]
  readonly sumNanoUsd: string
  readonly roundedNanoUsd: number
  readonly basis: string
}

async function request(body: Record<string, unknown> = {}): Promise<UsageRowView> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Tell me.' }], ...body }),
  })
  await response.text()
  const [row] = await gateway.usageOf(person)
  if (!row) throw new Error('the request left no row')
  return row
}

const mine = <T = ReceiptView>(requestId: string) => gateway.call<T>('usage.receipt', { requestId }, cookie)
const receiptOf = async (requestId: string): Promise<ReceiptView> => (await mine(requestId)).data
const refund = (requestId: string, more: Record<string, unknown> = {}) =>
  gateway.admin('usage.refund', { requestId, note: 'it was our fault', ...more })

describe('a receipt', () => {
  test('of a settled request explains the charge from hold to settlement, to the last digit', async () => {
    const row = await request({ stream: true })
    const receipt = await receiptOf(row.requestId)
    expect(receipt).toMatchObject({
      outcome: 'charged',
      model: TEST_MODEL,
      endpoint: '/v1/chat/completions',
      price: { model: TEST_MODEL, origin: 'operator', effectiveFrom: expect.any(Number), ...TEST_RATES },
      paidNanoUsd: row.costNanoUsd,
      refundedNanoUsd: 0,
      refundableNanoUsd: row.costNanoUsd,
      flags: { isEstimated: false, isFlagged: false, isWrittenOff: false, isDemo: false },
      details: {
        status: 200,
        reason: 'completed',
        errorCode: null,
        stream: true,
        firstTokenMs: expect.any(Number),
      },
      areDetailsExpired: false,
    })
    const [hold, settle] = receipt.entries
    expect(receipt.entries.map(({ kind }) => kind)).toEqual(['hold', 'settle'])
    expect(settle).toMatchObject({ amountNanoUsd: -row.costNanoUsd, heldNanoUsd: -(hold?.heldNanoUsd ?? 0) })
    expect(settle?.seq).toBeGreaterThan(hold?.seq ?? 0)
    expect(receipt.charge).toMatchObject({
      reason: 'completed',
      amountNanoUsd: row.costNanoUsd,
      dueNanoUsd: row.costNanoUsd,
      writeOffNanoUsd: 0,
      usage: { inputTokens: row.inputTokens, outputTokens: row.outputTokens },
      formula: { serviceTier: 'default', multiplierPpm: 1_000_000, basis: 'usage' },
    })
    const formula = receipt.charge?.formula
    expect(formula?.roundedNanoUsd).toBe(costByHand(row))
    expect(formula?.lines).toContainEqual({
      kind: 'output',
      count: row.outputTokens,
      rateNanoUsd: TEST_RATES.outputNanoUsdPerMTok,
      ratePer: 1_000_000,
      exactNanoUsd: String(row.outputTokens * 10_000),
    })
  })

  test('keeps the price of its time when the price has changed since', async () => {
    const row = await request()
    await gateway.admin('prices.upsert', { model: TEST_MODEL, ...TEST_RATES, outputNanoUsdPerMTok: 1 })
    const receipt = await receiptOf(row.requestId)
    await gateway.admin('prices.upsert', { model: TEST_MODEL, ...TEST_RATES })
    expect(receipt.price).toMatchObject({ outputNanoUsdPerMTok: TEST_RATES.outputNanoUsdPerMTok })
    expect(receipt.charge?.formula).toMatchObject({ basis: 'usage', roundedNanoUsd: row.costNanoUsd })
  })

  test('of a refused request says why it was refused, and that it cost nothing', async () => {
    const row = await request({ model: 'nobody-priced-this' })
    expect(await receiptOf(row.requestId)).toMatchObject({
      outcome: 'refused',
      model: 'nobody-priced-this',
      entries: [],
      price: null,
      charge: null,
      paidNanoUsd: 0,
      refundableNanoUsd: 0,
      details: { status: 404, errorCode: 'model_not_priced' },
    })
  })

  test('of a released request shows hold and release', async () => {
    await gateway.upstream.refuse()
    const row = await request()
    await gateway.upstream.accept()
    const receipt = await receiptOf(row.requestId)
    expect(receipt).toMatchObject({
      outcome: 'released',
      price: { model: TEST_MODEL },
      charge: null,
      paidNanoUsd: 0,
      details: { status: 502, errorCode: 'upstream_unreachable' },
    })
    expect(receipt.entries.map(({ kind }) => kind)).toEqual(['hold', 'release'])
  })

  test('of an estimate says that it is one', async () => {
    gateway.upstream.script({ usage: 'missing' })
    const row = await request()
    expect(row.reason).toBe('estimated')
    expect(await receiptOf(row.requestId)).toMatchObject({
      flags: { isEstimated: true },
      charge: { reason: 'estimated', reportedUsage: null, formula: { basis: 'usage' } },
      refundableNanoUsd: row.costNanoUsd,
    })
  })

  test('of a running request says that it runs', async () => {
    const { promise: headersBehind, resolve: answer } = Promise.withResolvers<void>()
    gateway.upstream.script({ delays: { headersBehind } })
    const running = request()
    const held = await oneHold()
    // It holds in memory before it stands on disk.
    await expect
      .poll(() => receiptOf(held))
      .toMatchObject({
        outcome: 'running',
        charge: null,
        details: null,
        areDetailsExpired: false,
      })
    answer()
    const row = await running
    expect(row.requestId).toBe(held)
    expect(await receiptOf(held)).toMatchObject({ outcome: 'charged' })
  })

  test('goes on explaining the charge when the usage row has expired, and says that the details have', async () => {
    const row = await request()
    const before = await receiptOf(row.requestId)
    await onBooks(gateway.dataDir, ({ raw }) =>
      raw.prepare('DELETE FROM usage WHERE request_id = ?').run(row.requestId),
    )
    expect(await receiptOf(row.requestId)).toEqual({ ...before, details: null, areDetailsExpired: true })
  })

  test("of somebody else's request does not exist for a user, whether it was charged or refused", async () => {
    const settled = await request()
    const refused = await request({ model: 'nobody-priced-this' })
    const other = await gateway.createPerson(0)
    const otherCookie = await gateway.signIn(other.email, 'a long enough password')
    for (const { requestId } of [settled, refused]) {
      const hidden = await gateway.call('usage.receipt', { requestId }, otherCookie)
      expect(hidden).toMatchObject({ status: 404, error: { code: 'request_not_found' } })
      expect((await gateway.admin<ReceiptView>('usage.receipt', { requestId })).ok).toBe(true)
    }
  })

  test('of what never was is not found, whatever it is called', async () => {
    const ids = [
      'req_0',
      'x',
      `req_${'f'.repeat(12)}7${'0'.repeat(19)}`,
      `req_${'0'.repeat(12)}7${'0'.repeat(19)}`,
      "' OR 1=1 --",
    ]
    for (const requestId of ids) {
      expect(await mine(requestId)).toMatchObject({ status: 404, error: { code: 'request_not_found' } })
    }
    for (const input of [{}, { requestId: '' }, { requestId: 7 }, { requestId: 'x'.repeat(65) }]) {
      expect(await gateway.call('usage.receipt', input, cookie)).toMatchObject({
        error: { code: 'invalid_input' },
      })
    }
  })
})

/** Waits for the one request that runs, and returns its id. */
async function oneHold(): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const holds = await gateway.admin<{ rows: { requestId: string }[] }>('holds.list', { userId: person.id })
    const [held] = holds.data.rows
    if (held) return held.requestId
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('nothing runs')
}

describe('a refund', () => {
  test('gives back what was paid, at once, once, and shows in receipt, ledger and audit', async () => {
    const row = await request()
    const balance = await gateway.balanceOf(person)
    const refunded = await refund(row.requestId)
    expect(refunded.data).toMatchObject({
      requestId: row.requestId,
      userId: person.id,
      refundedNanoUsd: row.costNanoUsd,
      balanceNanoUsd: balance + row.costNanoUsd,
      availableNanoUsd: balance + row.costNanoUsd,
    })
    expect(await refund(row.requestId)).toMatchObject({ status: 409, error: { code: 'already_refunded' } })
    expect(await gateway.balanceOf(person)).toBe(balance + row.costNanoUsd)

    const receipt = await receiptOf(row.requestId)
    expect(receipt).toMatchObject({
      paidNanoUsd: row.costNanoUsd,
      refundedNanoUsd: row.costNanoUsd,
      refundableNanoUsd: 0,
    })
    const note = 'it was our fault'
    const entry = { kind: 'refund', amountNanoUsd: row.costNanoUsd, note, actorUserId: null }
    expect(receipt.entries[2]).toMatchObject(entry)
    const seen = await gateway.admin<ReceiptView>('usage.receipt', { requestId: row.requestId })
    expect(seen.data.entries[2]?.actorUserId).toEqual(expect.any(String))

    const ledger = await gateway.call<{ rows: unknown[] }>('me.ledger', {}, cookie)
    expect(ledger.data.rows[0]).toMatchObject({ ...entry, requestId: row.requestId })
    const audit = await auditOf(gateway.dataDir, { operation: 'usage.refund', targetId: row.requestId })
    expect(audit).toHaveLength(1)
    expect(audit[0]).toMatchObject({
      targetType: 'request',
      before: { balanceNanoUsd: balance },
      after: {
        balanceNanoUsd: balance + row.costNanoUsd,
        userId: person.id,
        refundedNanoUsd: row.costNanoUsd,
        note,
      },
    })
  })

  test('may be of a part, and that was it then', async () => {
    const row = await request()
    const balance = await gateway.balanceOf(person)
    expect((await refund(row.requestId, { amountNanoUsd: 7 })).data).toMatchObject({ refundedNanoUsd: 7 })
    expect(await refund(row.requestId, { amountNanoUsd: 7 })).toMatchObject({
      error: { code: 'already_refunded' },
    })
    expect(await gateway.balanceOf(person)).toBe(balance + 7)
  })

  test('happens once where two administrators press at the same moment', async () => {
    const row = await request()
    const balance = await gateway.balanceOf(person)
    const answers = await Promise.all(Array.from({ length: 8 }, () => refund(row.requestId)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.filter(({ error }) => error?.code === 'already_refunded')).toHaveLength(7)
    expect(await gateway.balanceOf(person)).toBe(balance + row.costNanoUsd)
  })

  test('is at most what was paid, of something that was paid, with a reason', async () => {
    const row = await request()
    expect(await refund(row.requestId, { amountNanoUsd: row.costNanoUsd + 1 })).toMatchObject({
      status: 409,
      error: { code: 'refund_too_large', details: { maxNanoUsd: row.costNanoUsd } },
    })
    const refused = await request({ model: 'nobody-priced-this' })
    expect(await refund(refused.requestId)).toMatchObject({
      status: 409,
      error: { code: 'nothing_to_refund' },
    })
    expect(await refund('req_none')).toMatchObject({ status: 404, error: { code: 'request_not_found' } })
    const junk = [
      { amountNanoUsd: 0 },
      { amountNanoUsd: -5 },
      { amountNanoUsd: 0.5 },
      { amountNanoUsd: '5' },
      { note: ' ' },
      { note: 'x'.repeat(501) },
    ]
    for (const input of junk) {
      expect(await refund(row.requestId, input)).toMatchObject({
        status: 400,
        error: { code: 'invalid_input' },
      })
    }
    expect(await gateway.admin('usage.refund', { requestId: row.requestId })).toMatchObject({ status: 400 })
    expect((await receiptOf(row.requestId)).refundedNanoUsd).toBe(0)
  })

  test('does not pay back what the operator bore', async () => {
    // An upstream that ignores the limit: the account can bear its hold and little more.
    const poor = await gateway.createPerson(30_000_000)
    person = poor
    gateway.upstream.script({ usage: { prompt_tokens: 100, completion_tokens: 100_000 } })
    const row = await request({ max_tokens: 1_000 })
    const receipt = (await gateway.admin<ReceiptView>('usage.receipt', { requestId: row.requestId })).data
    expect(receipt.flags.isWrittenOff).toBe(true)
    expect(receipt.entries.map(({ kind }) => kind)).toEqual(['hold', 'write_off', 'settle'])
    expect(receipt.paidNanoUsd).toBe(30_000_000)
    expect(receipt.refundableNanoUsd).toBe(30_000_000)
    expect(await refund(row.requestId, { amountNanoUsd: 30_000_001 })).toMatchObject({
      error: { code: 'refund_too_large' },
    })
    expect((await refund(row.requestId)).data).toMatchObject({ balanceNanoUsd: 30_000_000 })
  })

  test('can be spent at once', async () => {
    gateway.upstream.script({ usage: { prompt_tokens: 100, completion_tokens: 5_000 } })
    const row = await request()
    await gateway.admin('users.adjustBalance', {
      userId: person.id,
      amountNanoUsd: -(await gateway.balanceOf(person)),
    })
    expect(await request()).toMatchObject({ status: 429, errorCode: 'insufficient_quota' })
    await refund(row.requestId)
    expect(await request({ max_tokens: 1 })).toMatchObject({ status: 200 })
  })
})
