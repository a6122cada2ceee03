// What a whole answer says about itself, in each dialect.
import { describe, expect, test } from 'vitest'
import { generatedBytes } from './generated-text.ts'
import { nothingMeasured } from './stream-meter.ts'
import { takeAnswer } from './whole-answer.ts'

type Dialect = Parameters<typeof takeAnswer>[0]

function taken(dialect: Dialect, answer: Record<string, unknown>) {
  const measured = nothingMeasured()
  const ids: unknown[] = []
  takeAnswer(dialect, answer, measured, (...id) => ids.push(id))
  return { measured, ids, usage: measured.reported?.usage }
}

describe('a whole answer', () => {
  test('of a legacy completion reports like a chat completion', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 16, total_tokens: 21 }
    const { measured } = taken('completions', { id: 'cmpl-1', choices: [], usage })
    expect(measured).toMatchObject({
      responseId: 'cmpl-1',
      rawReported: JSON.stringify(usage),
      reported: { usage: { inputTokens: 5, outputTokens: 16 }, isImplausible: false },
    })
  })

  test('of embeddings reports its input', () => {
    const { usage, measured } = taken('embeddings', {
      data: [],
      usage: { prompt_tokens: 8, total_tokens: 8 },
    })
    expect([usage?.inputTokens, usage?.outputTokens, measured.reported?.isImplausible]).toEqual([8, 0, false])
    expect(taken('embeddings', { data: [] }).usage).toBeUndefined()
  })

  test('of a compaction reports like a response, and its ids are its maker’s', () => {
    const { usage, ids } = taken('compaction', {
      id: 'resp_1',
      output: [
        { type: 'message', id: 'msg_1' },
        { type: 'compaction', id: 'cmp_1' },
      ],
      usage: { input_tokens: 100, output_tokens: 20 },
    })
    expect([usage?.inputTokens, usage?.outputTokens]).toEqual([100, 20])
    expect(ids).toEqual([
      ['response', 'resp_1', 120],
      ['item', 'msg_1', 20],
      ['item', 'cmp_1', 20],
    ])
  })

  test('of what is free is billed nothing, whatever it says', () => {
    for (const dialect of ['moderations', 'input_tokens'] as const) {
      const { usage, measured } = taken(dialect, {
        input_tokens: 900,
        usage: { prompt_tokens: 5, completion_tokens: 5 },
      })
      expect([usage?.inputTokens, usage?.outputTokens, measured.reported?.isImplausible]).toEqual([
        0,
        0,
        false,
      ])
    }
  })

  test('of a response says what each item brings into a later request: a found page more than a written text', () => {
    const { ids } = taken('responses', {
      id: 'resp_1',
      output: [
        { type: 'web_search_call', id: 'ws_1' },
        { type: 'message', id: 'msg_1' },
      ],
      usage: { input_tokens: 9_000, output_tokens: 40 },
    })
    expect(ids).toEqual([
      ['response', 'resp_1', 9_040],
      ['item', 'ws_1', 9_040],
      ['item', 'msg_1', 40],
    ])
  })
})

test('the generated text of legacy completions is all of their texts', () => {
  expect(generatedBytes({ choices: [{ text: 'abc' }, { text: '门' }, { text: null }] })).toBe(6)
})
