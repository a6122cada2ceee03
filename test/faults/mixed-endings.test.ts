// Thousands of requests that end in every way there is. Afterwards each of them costs what the upstream's own record of it
// comes to, and the books add up.
import { expect, test } from 'vitest'
import { runMixedEndings } from './support/mixed-endings.ts'

const SEED = 20_261_103
const REQUESTS = Number(process.env.MIXED ?? 1_000)

test(`after ${REQUESTS} requests of mixed endings every charge is exact, nothing is held, and balances add up`, async () => {
  const outcome = await runMixedEndings({ seed: SEED, requests: REQUESTS })
  if (process.env.MIXED) console.log(outcome.endings)
  expect(outcome.problems).toEqual([])
  expect(outcome.requests).toBe(REQUESTS)
}, 240_000)
