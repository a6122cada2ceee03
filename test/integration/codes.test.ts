// Redemption codes over the real server: one use each whoever tries at once, nothing learned by guessing, nothing of a code
// on disk, and the money or the plan that it gives.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMovableClock } from './support/movable-clock.ts'
import { type Person, type RunningGateway, startGateway } from './support/running-gateway.ts'

const DOLLAR = 1_000_000_000
const HOUR_MS = 3_600_000
const PASSWORD = 'a long enough password'
const clock = createMovableClock()

let gateway: RunningGateway
let person: Person
let cookie: string

beforeAll(async () => {
  gateway = await startGateway({ clock, settings: { sessionDays: 365 } })
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  // The throttle of the address, which all of them share, is full again.
  clock.pass(HOUR_MS)
  person = await gateway.createPerson(0)
  cookie = await gateway.signIn(person.email, PASSWORD)
})

interface Batch {
  readonly batchId: string
  readonly codes: readonly string[]
}
const money = { kind: 'balance', amountNanoUsd: 5 * DOLLAR }
async function generate(input: object = {}): Promise<Batch> {
  const made = await gateway.admin<Batch>('codes.generate', { ...money, count: 1, ...input })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.data
}
const oneCode = async (input: object = {}) => (await generate(input)).codes[0] ?? ''
const redeem = (code: string, who = cookie, more: object = {}) =>
  gateway.call('codes.redeem', { code, ...more }, who)
const notValid = { status: 404, error: { code: 'code_not_valid' } }
async function newPlan(name = 'Pro'): Promise<string> {
  const plan = await gateway.admin<{ id: string }>('plans.create', { name, priceNanoUsd: 0, days: 30 })
  return plan.data.id
}

describe('a code for money', () => {
  test('is worth what it says, once, however it is typed', async () => {
    const code = await oneCode({ prefix: 'welcome' })
    expect(code).toMatch(/^WELCOME(-[0-9A-Z]{5}){4}$/)
    expect(await redeem(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toMatchObject({
      data: { kind: 'balance', amountNanoUsd: 5 * DOLLAR, balanceNanoUsd: 5 * DOLLAR, plan: null },
    })
    expect(await redeem(code)).toMatchObject(notValid)
    expect(await gateway.balanceOf(person)).toBe(5 * DOLLAR)
  })

  test('claimed a hundred times at once, by several people, is redeemed by one of them', async () => {
    const code = await oneCode()
    const others = await Promise.all([1, 2, 3].map(() => gateway.createPerson(0)))
    const cookies = [cookie]
    for (const other of others) cookies.push(await gateway.signIn(other.email, PASSWORD))
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => redeem(code, cookies[index % cookies.length])),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    const balances = await Promise.all([person, ...others].map((each) => gateway.balanceOf(each)))
    expect(balances.reduce((sum, balance) => sum + balance, 0)).toBe(5 * DOLLAR)
    const failed = answers.filter(({ ok }) => !ok).map(({ error }) => error.code)
    expect(new Set(failed)).toEqual(new Set(['code_not_valid', 'too_many_attempts']))
  })
})

describe('a code for a plan', () => {
  test('begins it, extends it, and shows it at once', async () => {
    const planId = await newPlan()
    const { codes } = await generate({ kind: 'plan', amountNanoUsd: undefined, planId, count: 2 })
    const first = await redeem(codes[0] ?? '')
    expect(first.data).toMatchObject({ kind: 'plan', plan: { planId, origin: 'code' }, balanceNanoUsd: 0 })
    const second = await redeem(codes[1] ?? '')
    const { startedAt, endsAt } = (second.data as { plan: { startedAt: number; endsAt: number } }).plan
    expect(endsAt - startedAt).toBe(60 * 24 * HOUR_MS)
    const { data } = await gateway.call<{ plan: object }>('me.overview', {}, cookie)
    expect(data.plan).toMatchObject({ planId, endsAt })
  })

  test('for another plan than the active one is kept until its owner says that it may end that one', async () => {
    await gateway.admin('users.grantPlan', { userId: person.id, planId: await newPlan() })
    const code = await oneCode({ kind: 'plan', amountNanoUsd: undefined, planId: await newPlan('Team') })
    expect(await redeem(code)).toMatchObject({ status: 409, error: { code: 'plan_active' } })
    expect(await redeem(code, cookie, { replacesActive: true })).toMatchObject({
      data: { plan: { name: 'Team' } },
    })
  })

  test('still gives it when it is not sold any more', async () => {
    const planId = await newPlan()
    const code = await oneCode({ kind: 'plan', amountNanoUsd: undefined, planId })
    await gateway.admin('plans.archive', { planId })
    expect((await redeem(code)).ok).toBe(true)
  })
})

describe('a code that is', () => {
  test('unknown, used, disabled, in a disabled batch, or expired is answered in one and the same way', async () => {
    const used = await oneCode()
    await redeem(used)
    const single = await generate()
    const listed = await gateway.admin<{ rows: { id: string }[] }>('codes.listCodes', {
      batchId: single.batchId,
    })
    await gateway.admin('codes.disable', { codeId: listed.data.rows[0]?.id })
    const batch = await generate()
    await gateway.admin('codes.disable', { batchId: batch.batchId })
    const expired = await oneCode({ expiresAt: clock.now() + HOUR_MS })
    clock.pass(HOUR_MS)
    const answers = []
    for (const code of ['AAAAA-BBBBB-CCCCC-DDDDD', used, single.codes[0], batch.codes[0], expired, '-', '💥'])
      answers.push(await redeem(code ?? ''))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject(notValid)
  })

  test('enabled again works, each as it was disabled; one that was used stays used', async () => {
    const { batchId, codes: twins } = await generate({ count: 2 })
    const [one, other] = (
      await gateway.admin<{ rows: { id: string }[] }>('codes.listCodes', { batchId })
    ).data.rows.map(({ id }) => id)
    await gateway.admin('codes.disable', { codeId: one })
    await gateway.admin('codes.disable', { batchId })
    await gateway.admin('codes.enable', { batchId })
    expect(await redeem(twins[0] ?? '')).toMatchObject(notValid)
    expect((await redeem(twins[1] ?? '')).ok).toBe(true)
    await gateway.admin('codes.enable', { codeId: other })
    expect(await redeem(twins[1] ?? '')).toMatchObject(notValid)
    await gateway.admin('codes.enable', { codeId: one })
    expect((await redeem(twins[0] ?? '')).ok).toBe(true)
  })

  test('guessed ten times by one person has to wait, and then counts again', async () => {
    for (let guess = 0; guess < 10; guess += 1) expect(await redeem(`WRONG-${guess}`)).toMatchObject(notValid)
    const code = await oneCode()
    expect(await redeem(code)).toMatchObject({ status: 429, error: { code: 'too_many_attempts' } })
    clock.pass(60_000)
    expect((await redeem(code)).ok).toBe(true)
  })

  test('right takes nothing from what may be guessed', async () => {
    const { codes } = await generate({ count: 15 })
    for (const code of codes) expect((await redeem(code)).ok).toBe(true)
  })

  test('guessed from one address by many people slows the address down', async () => {
    const cookies = [cookie]
    for (let more = 0; more < 3; more += 1) {
      const other = await gateway.createPerson(0)
      cookies.push(await gateway.signIn(other.email, PASSWORD))
    }
    const answers = []
    for (let guess = 0; guess < 36; guess += 1) answers.push(await redeem(`NO-${guess}`, cookies[guess % 4]))
    expect(answers.slice(0, 30).every(({ status }) => status === 404)).toBe(true)
    expect(answers.at(-1)).toMatchObject({ status: 429 })
  })
})

describe('an administrator', () => {
  test('sees batches, codes and redemptions, and after the making never a code again', async () => {
    const { batchId, codes } = await generate({ name: 'Autumn', count: 3, prefix: 'AUT' })
    await redeem(codes[1] ?? '')
    const rows = async (name: string, input: object) =>
      (await gateway.admin<{ rows: Record<string, unknown>[] }>(name, input)).data.rows
    expect(await rows('codes.list', { limit: 1 })).toMatchObject([
      { id: batchId, name: 'Autumn', prefix: 'AUT', count: 3, redeemed: 1, disabled: 0, disabledAt: null },
    ])
    const first = await gateway.admin<{ rows: object[]; nextCursor: string }>('codes.listCodes', {
      batchId,
      limit: 2,
    })
    const rest = await rows('codes.listCodes', { batchId, limit: 2, cursor: first.data.nextCursor })
    const all = [...first.data.rows, ...rest]
    expect(all).toMatchObject([
      { status: 'unused', hint: codes[0]?.slice(-4) },
      { status: 'redeemed', redeemedBy: person.id, redeemedByEmail: person.email },
      { status: 'unused' },
    ])
    const ofStatus = async (status: string) =>
      (await rows('codes.listCodes', { batchId, status })).map(({ hint }) => hint)
    expect(await ofStatus('redeemed')).toEqual([codes[1]?.slice(-4)])
    expect(await ofStatus('unused')).toHaveLength(2)
    expect(await ofStatus('expired')).toEqual([])
    expect(await rows('codes.history', { limit: 1 })).toMatchObject([
      { batchName: 'Autumn', userEmail: person.email, amountNanoUsd: 5 * DOLLAR },
    ])
    await gateway.admin('codes.disable', { batchId })
    expect(await rows('codes.listCodes', { batchId })).toMatchObject([
      { status: 'disabled' },
      { status: 'redeemed' },
      { status: 'disabled' },
    ])
    expect(await ofStatus('disabled')).toHaveLength(2)
    expect(await ofStatus('unused')).toEqual([])
    for (const seen of [all, rest]) for (const code of codes) expect(JSON.stringify(seen)).not.toContain(code)
  })

  test('writes no code to the disk or the log, nor does whoever redeems one', async () => {
    const code = await oneCode()
    await redeem(code)
    const plain = [code, code.replaceAll('-', '')]
    for (const name of readdirSync(gateway.dataDir)) {
      if (!name.startsWith('gateway.db')) continue
      const bytes = readFileSync(join(gateway.dataDir, name))
      for (const text of plain) expect(bytes.includes(text)).toBe(false)
    }
    for (const text of plain) expect(gateway.log.text).not.toContain(text)
  })

  test('is told what is wrong with a batch', async () => {
    for (const input of [
      { kind: 'balance', count: 1 },
      { kind: 'plan', count: 1 },
      { ...money, planId: 'p', count: 1 },
      { ...money, count: 0 },
      { ...money, count: 1_001 },
      { ...money, count: 1, prefix: 'NO SPACE' },
      { ...money, count: 1, expiresAt: 1 },
    ])
      expect(await gateway.admin('codes.generate', input)).toMatchObject({ error: { code: 'invalid_input' } })
    expect(await gateway.admin('codes.generate', { kind: 'plan', planId: 'none', count: 1 })).toMatchObject({
      error: { code: 'plan_not_found' },
    })
    for (const name of ['codes.disable', 'codes.listCodes'])
      expect(await gateway.admin(name, { batchId: 'none' })).toMatchObject({
        error: { code: 'code_not_found' },
      })
    expect(await gateway.admin('codes.disable', {})).toMatchObject({ error: { code: 'invalid_input' } })
  })
})

test('a person sees what they redeemed, and nobody else’s', async () => {
  await redeem(await oneCode({ name: 'Mine' }))
  const other = await gateway.createPerson(0)
  const theirs = await gateway.signIn(other.email, PASSWORD)
  const history = async (who: string) =>
    (await gateway.call<{ rows: { batchName: string }[] }>('codes.history', {}, who)).data.rows
  expect((await history(cookie)).map(({ batchName }) => batchName)).toEqual(['Mine'])
  expect(await history(theirs)).toEqual([])
  expect(await gateway.call('codes.history', { userId: person.id }, theirs)).toMatchObject({
    error: { code: 'forbidden' },
  })
})
