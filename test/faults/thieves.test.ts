// Those who would take what they do not pay for, each by name, with the tests that they fail at. The one whose trick needs a
// test of its own stands below.
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  TEST_RATES,
} from '../integration/support/running-gateway.ts'
import { missingTests, type NamedTests } from './support/named-tests.ts'
import { type SlowUpstream, startSlowUpstream } from './support/slow-upstream.ts'

const THIEVES: NamedTests = {
  'hanging up before usage arrives': [
    [
      'test/integration/endings.test.ts',
      'a client that leaves before the first byte is charged what the upstream reports in the end',
    ],
    [
      'test/faults/failure-modes/01-client-leaves.test.ts',
      'failure mode 1: a client that leaves at once, in the middle, or just before the end is charged the true usage',
    ],
  ],
  'a hundred parallel requests on a cent': [
    [
      'test/integration/shares.test.ts',
      'a hundred requests at once on a cent never spend more than the cent',
    ],
    [
      'test/integration/key-narrowing.test.ts',
      'holds a hundred requests at once to its cent, whatever its owner has',
    ],
  ],
  'many drains at once': [
    [
      'test/faults/failure-modes/01-client-leaves.test.ts',
      'failure mode 1: hanging up on many answers at once takes nothing that is not paid for',
    ],
    [
      'test/faults/failure-modes/01-client-leaves.test.ts',
      'failure mode 1: one person’s drains are bounded; the latest one too many is cut, the others end with their usage',
    ],
  ],
  'tiny limits on reasoning models': [
    [
      'test/integration/shares.test.ts',
      'a reasoning model is not run on a limit that its thinking would eat up',
    ],
    ['test/integration/shares.test.ts', 'a reasoning model runs on a tiny limit that the request set itself'],
  ],
  'a huge n': [
    ['test/integration/shares.test.ts', 'a huge n is paid for in every choice, or given less in each'],
  ],
  'duplicate model keys': [
    [
      'test/faults/failure-modes/11-requests.test.ts',
      'failure mode 13: a body with %s is refused: what is priced is what is run',
    ],
  ],
  'a clock set back': [
    ['test/integration/key-narrowing.test.ts', 'counts on after a restart, and after the clock was set back'],
    [
      'test/integration/plans.test.ts',
      'what was used is still used after a restart, and after the clock was set back',
    ],
  ],
  'an answer that comes when the next day of its plan is used up': [
    [
      'test/integration/plans.test.ts',
      'a request that runs over midnight is paid from the day that admitted it, however little is left of the next',
    ],
  ],
  'a price edited mid-request': [
    ['test/faults/thieves.test.ts', 'a price that is edited while a request runs changes nothing for it'],
  ],
  'a key rotated to escape its cap': [
    [
      'test/integration/key-narrowing.test.ts',
      'is not escaped by rotating the key: the successor shares it, and what was spent',
    ],
  ],
}

test('each thief has a test that it fails at', () => {
  expect(missingTests(THIEVES)).toEqual([])
})

const DOLLAR = 1_000_000_000
let upstream: SlowUpstream
let gateway: RunningGateway

beforeAll(async () => {
  upstream = await startSlowUpstream()
  gateway = await startGateway({ upstreamBaseUrl: upstream.baseUrl })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})

test('a price that is edited while a request runs changes nothing for it, and everything for the next', async () => {
  const person = await gateway.createPerson(DOLLAR)
  const ask = async (user: string, stream: boolean) => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hi' }], user, stream }),
    })
    return response.text()
  }
  const running = [ask('slow', true), ask('slow', false)]
  await upstream.slow(2)
  const cheap = {
    ...TEST_RATES,
    inputNanoUsdPerMTok: 0,
    outputNanoUsdPerMTok: 0,
    cachedInputNanoUsdPerMTok: 0,
    cacheWriteNanoUsdPerMTok: 0,
  }
  const dear = { ...TEST_RATES, outputNanoUsdPerMTok: 100 * TEST_RATES.outputNanoUsdPerMTok }
  for (const rates of [dear, cheap]) await gateway.admin('prices.upsert', { model: TEST_MODEL, ...rates })
  upstream.finish()
  await Promise.all(running)
  await ask('quick', false)
  const rows = await gateway.usageOf(person)
  expect(rows.map(({ costNanoUsd }) => costNanoUsd)).toEqual([0, upstream.costNanoUsd, upstream.costNanoUsd])
  expect(await gateway.balanceOf(person)).toBe(DOLLAR - 2 * upstream.costNanoUsd)
})
