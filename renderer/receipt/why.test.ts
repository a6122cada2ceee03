// The sentence that answers why a request failed.
import { expect, test } from 'vitest'
import { ERRORS } from '../../contract/errors.ts'
import type { ChargeReason } from '../../contract/usage.ts'
import errorsEn from '../words/errors/words.en.json'
import errorsZh from '../words/errors/words.zh-CN.json'
import { createWords } from '../words/words.ts'
import { whyText } from './why.ts'
import receiptEn from './words.en.json'
import receiptZh from './words.zh-CN.json'

async function speak(language: 'en' | 'zh-CN') {
  const none = () => Promise.resolve({})
  const words = await createWords(
    {
      './kit/words.en.json': none,
      './kit/words.zh-CN.json': none,
      './shell/words.en.json': none,
      './shell/words.zh-CN.json': none,
      './errors/words.en.json': () => Promise.resolve(errorsEn),
      './errors/words.zh-CN.json': () => Promise.resolve(errorsZh),
      './receipt/words.en.json': () => Promise.resolve(receiptEn),
      './receipt/words.zh-CN.json': () => Promise.resolve(receiptZh),
    },
    language,
  )
  await words.load(['errors', 'receipt'])
  return (reason: ChargeReason, status: number, errorCode: string | null) =>
    whyText(words, { requestId: 'req_1', model: 'm1', endpoint: '/v1/responses', reason, status, errorCode })
}

test('a failed request is explained by the sentence of its code, a completed one by none', async () => {
  const why = await speak('en')
  expect(why('upstream_failed', 502, 'upstream_unreachable')).toBe('The upstream could not be reached.')
  expect(why('refused', 404, 'model_not_found')).toContain('"m1"')
  expect(why('refused', 429, 'insufficient_quota')).toBe(receiptEn.why_insufficient_quota)
  expect(why('completed', 200, null)).toBeUndefined()
})

test('what broke within its stream has no code, and is explained all the same', async () => {
  const [en, zh] = [await speak('en'), await speak('zh-CN')]
  expect(en('upstream_failed', 200, null)).toBe(receiptEn.ended_upstream_failed)
  expect(zh('upstream_failed', 200, null)).toBe(receiptZh.ended_upstream_failed)
  expect(en('upstream_failed', 400, 'missing_required_parameter')).toBe(receiptEn.ended_upstream_refused)
})

test('what a stop of the gateway cut off is not said to be the upstream’s fault', async () => {
  const [en, zh] = [await speak('en'), await speak('zh-CN')]
  expect(en('upstream_failed', 200, 'gateway_stopping')).toBe(receiptEn.ended_gateway_stopped)
  expect(zh('upstream_failed', 503, 'gateway_stopping')).toBe(receiptZh.ended_gateway_stopped)
})

test('no code leaves a gap where a value is not known any more', async () => {
  for (const why of [await speak('en'), await speak('zh-CN')])
    for (const code of Object.keys(ERRORS)) expect(why('refused', 400, code)).toMatch(/^[^{]+$/)
})
