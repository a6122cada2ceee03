// The worked example of both READMEs is what the code computes: the hold, the charge, and what goes back.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chargeFor } from '../../server/ledger/charge.ts'
import { formatUsd, ONE_MILLION } from '../../server/ledger/money.ts'
import { quoteWorstCase } from '../../server/ledger/quote.ts'
import { readShippedPrices } from '../../server/prices/shipped-prices.ts'

const inDigits = (amountNanoUsd: number) => amountNanoUsd.toLocaleString('en-US')

test.each(['README.md', 'README.zh-CN.md'])('%s shows a hold and a charge that the code computes', (page) => {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8')
  const price = readShippedPrices().find((row) => row.id === 'shipped:gpt-6-sol:2026-09-01')
  if (!price) throw new Error('the price of the example is gone')
  const worstCase = {
    inputTokensMax: 24_310 + 1_024,
    outputTokensMax: 4_000,
    choices: 1,
    webSearchCallsMax: 0,
  }
  const usage = {
    inputTokens: 1_238 + 4_864,
    cachedInputTokens: 4_864,
    cacheWriteTokens: 0,
    outputTokens: 734,
    reasoningTokens: 512,
    webSearchCalls: 0,
  }
  const holdNanoUsd = quoteWorstCase(worstCase, price, ONE_MILLION)
  const chargeNanoUsd = chargeFor(usage, price, ONE_MILLION)
  expect(text).toContain(`| | | **${inDigits(holdNanoUsd)}** |`)
  expect(text).toContain(`${formatUsd(chargeNanoUsd)} | | | **${inDigits(chargeNanoUsd)}** |`)
  expect(text).toContain(`| | | ${inDigits(holdNanoUsd - chargeNanoUsd)} |`)
})
