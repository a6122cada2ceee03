// The examples of docs/money.md about what can be seen and put right after a request has ended, computed again.
import { afterAll, expect, test } from 'vitest'
import { availableNanoUsd } from '../../server/ledger/balance.ts'
import { decideLossCharge, decideRefund, refuseCreditLimit } from '../../server/ledger/correct.ts'
import { explainCharge } from '../../server/ledger/explain.ts'
import { type StatementEntry, sumStatement } from '../../server/ledger/statement.ts'
import { NO_USAGE } from '../../server/ledger/token-usage.ts'
import { amount, numberIn, numbers, row, tables, unread } from './money-tables.ts'

test('the history of a balance', () => {
  const [given = 0, afterTopUp] = numbers('History', 'top_up')
  const [paid = 0, afterSettlement] = numbers('History', 'settle')
  expect(afterTopUp).toBe(given)
  expect(afterSettlement).toBe(given + paid)
  // The account of the ledger's own example, whose settlement comes with a write-off there.
  expect(given).toBe(numbers('Ledger', 'top_up')[0])
  expect(paid).toBe((numbers('Ledger', 'settle')[0] ?? 0) + (numbers('Ledger', 'write_off')[0] ?? 0))
})

test('a receipt, line by line', () => {
  const [inputTokens = 0, inputNanoUsdPerMTok = 0] = row('Receipt', 'input').slice(0, 2).map(numberIn)
  const [outputTokens = 0, outputNanoUsdPerMTok = 0] = row('Receipt', 'output').slice(0, 2).map(numberIn)
  const times = 'Times 1,250,000 parts per million'
  const multiplierPpm = numberIn(/Times ([\d,]+)/.exec(times)?.[1])
  const usage = { ...NO_USAGE, inputTokens, outputTokens }
  const explained = explainCharge(usage, { inputNanoUsdPerMTok, outputNanoUsdPerMTok }, multiplierPpm)
  const shown = (table: string, label: string) => row(table, label).at(-1)?.replaceAll(',', '')
  for (const { kind, exactNanoUsd } of explained.lines) expect(shown('Receipt', kind)).toBe(exactNanoUsd)
  expect(explained.lines).toHaveLength(2)
  expect(shown('Receipt', 'Sum')).toBe(explained.sumNanoUsd)
  expect(shown('Receipt', times)).toBe(explained.multipliedNanoUsd)
  expect(amount('Receipt', 'Charged')).toBe(explained.roundedNanoUsd)
})

test('a refund', () => {
  const paid = amount('Refund', 'Paid')
  expect(amount('Refund', 'Due')).toBe(amount('Write-off', 'Due'))
  expect(paid).toBe(amount('Write-off', 'Charged'))
  const most = amount('Refund', 'Goes back at most')
  expect(decideRefund(paid, 0, undefined)).toEqual({ ok: true, value: most })
  expect(decideRefund(paid, 0, most + 1)).toMatchObject({ error: { code: 'refund_too_large' } })
  const part = amount('Refund', 'Goes back, where the administrator names a part')
  expect(decideRefund(paid, 0, part)).toEqual({ ok: true, value: part })
  expect(amount('Refund', 'Can go back after that')).toBe(0)
  expect(decideRefund(paid, part, undefined)).toMatchObject({ error: { code: 'already_refunded' } })
})

test('a possible loss', () => {
  const held = amount('Possible loss', 'Held when the machine died')
  const account = {
    balanceNanoUsd: amount('Possible loss', 'Balance'),
    creditLimitNanoUsd: amount('Possible loss', 'Credit limit'),
    openHoldsNanoUsd: amount('Possible loss', 'Open holds'),
  }
  const amountNanoUsd = amount('Possible loss', 'Charged with one click')
  const unchargedNanoUsd = amount('Possible loss', 'Stays uncharged')
  expect(decideLossCharge(held, account, undefined)).toEqual({
    ok: true,
    value: { amountNanoUsd, unchargedNanoUsd },
  })
  expect(decideLossCharge(held, account, amountNanoUsd + 1)).toMatchObject({
    error: { code: 'balance_below_limit', details: { maxNanoUsd: amountNanoUsd } },
  })
  const least = amount('Possible loss', 'Least balance that pays for all of it')
  expect(decideLossCharge(held, { ...account, balanceNanoUsd: least }, held).ok).toBe(true)
  expect(decideLossCharge(held, { ...account, balanceNanoUsd: least - 1 }, held).ok).toBe(false)
})

test('a credit limit', () => {
  const account = {
    balanceNanoUsd: amount('Limit', 'Balance'),
    openHoldsNanoUsd: amount('Limit', 'Open holds'),
    creditLimitNanoUsd: amount('Limit', 'Credit limit'),
  }
  const lowest = amount('Limit', 'Lowest limit possible now')
  expect(refuseCreditLimit(account, lowest)).toBeUndefined()
  expect(refuseCreditLimit(account, lowest - 1)).toMatchObject({ details: { minNanoUsd: lowest } })
  const left = availableNanoUsd({ ...account, creditLimitNanoUsd: lowest })
  expect(amount('Limit', 'Left to spend at that limit')).toBe(left)
})

test('a statement', () => {
  const labels = [...(tables.get('Statement')?.keys() ?? [])].slice(1, -1)
  const opening = amount('Statement', 'Opening balance')
  const entries: StatementEntry<string>[] = []
  const book = (kind: string, amountNanoUsd: number, model: string | null, createdAt: number) => {
    const balanceAfterNanoUsd = (entries.at(-1)?.balanceAfterNanoUsd ?? 0) + amountNanoUsd
    entries.push({ kind, amountNanoUsd, model, createdAt, balanceAfterNanoUsd })
  }
  book('top_up', opening, null, 0)
  for (const label of labels) {
    const model = /^Spent on (.+)$/.exec(label)?.[1] ?? null
    book(model === null ? label : 'settle', amount('Statement', label), model, 1)
  }
  book('gift', 1, null, 2)
  const sum = sumStatement({ fromMs: 1, toMs: 2 })
  for (const entry of entries.toReversed()) if (!sum.add(entry)) break
  const { openingNanoUsd, closingNanoUsd, changes, spending } = sum.result()
  expect(openingNanoUsd).toBe(opening)
  expect(closingNanoUsd).toBe(amount('Statement', 'Closing balance'))
  expect(changes.length + spending.length).toBe(labels.length)
})

afterAll(() => expect(unread('afterwards')).toEqual([]))
