import { expect, test } from 'vitest'
import type { Turn } from './conversation.ts'
import { ResponseStore } from './response-store.ts'

const turn = (text: string): Turn => ({ kind: 'user', text, imageTokens: 0 })

test('the oldest responses are forgotten first, by number and by size', () => {
  const store = new ResponseStore()
  for (let at = 0; at < 2_001; at += 1) {
    store.keep(`resp_${at}`, [turn('x')], new Map([[`msg_${at}`, turn('y')]]))
  }
  expect(store.conversationOf('resp_0')).toBeUndefined()
  expect(store.conversationOf('resp_1')).toEqual([turn('x')])
  expect(store.item('msg_0')).toEqual(turn('y'))
  store.keep('large', [turn('x'.repeat(17 * 1024 * 1024))], new Map())
  expect(store.conversationOf('resp_2000')).toBeUndefined()
})
