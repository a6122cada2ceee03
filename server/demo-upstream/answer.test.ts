import { describe, expect, test } from 'vitest'
import { type AnswerRequest, composeAnswer, textOfAnswer } from './answer.ts'
import type { Turn } from './conversation.ts'
import { findModel } from './models.ts'
import type { AnswerScript } from './scenario.ts'

const turn = (kind: Turn['kind'], text: string): Turn => ({
  kind,
  text,
  imageTokens: 0,
  toolName: 'exec_command',
})

function answer(turns: readonly Turn[], script?: AnswerScript, more: Partial<AnswerRequest> = {}) {
  const model = findModel('demo-smart', false)
  if (!model) throw new Error('demo-smart is gone')
  const conversation = {
    turns,
    tools: [],
    toolsText: '',
    offersWebSearch: false,
    toolChoice: 'auto' as const,
    mayCallInParallel: true,
    outputSchema: undefined,
  }
  const request = {
    conversation,
    model,
    inputTokens: 9,
    reasoningEffort: undefined,
    outputTokensMax: undefined,
    stop: [],
    choice: undefined,
  }
  return composeAnswer({ ...request, ...more }, script)
}
const textAfter = (output: string) =>
  textOfAnswer(answer([turn('user', 'run it'), turn('tool_call', 'x'), turn('tool_output', output)]).parts)

describe('the answer from what a tool returned', () => {
  test.each([
    [
      'exec_command of Codex',
      'Chunk ID: d07410\nWall time: 0.4969 seconds\nProcess exited with code 0\nOriginal token count: 4\nOutput:\nhello\n',
    ],
    ['exec of Codex', 'Script completed\nWall time 0.8 seconds\nOutput:\n\nhello\n'],
    ['the older shell of Codex', '{"output":"hello\\n","metadata":{"exit_code":0,"duration_seconds":0.1}}'],
    ['any other tool', 'hello'],
  ])('%s: only what was printed', (_name, output) => {
    const text = textAfter(output)
    expect(text).toContain('```\nhello\n```')
    expect(text).not.toMatch(/Wall time|metadata|exit code/)
  })

  test('names an exit code that is not 0', () => {
    expect(textAfter('Chunk ID: 1\nProcess exited with code 3\nOutput:\noops')).toContain('exit code 3')
  })

  test('says that nothing was printed', () => {
    expect(textAfter('Chunk ID: 1\nProcess exited with code 0\nOutput:\n')).toContain('printed nothing')
  })

  test('is in Chinese where the prompt was, whatever the output is in', () => {
    const turns = [turn('user', '运行 `ls`'), turn('tool_output', 'a.txt')]
    expect(textOfAnswer(answer(turns).parts)).toMatch(/我调用了 `exec_command`.*a\.txt/s)
  })
})

describe('a scripted answer', () => {
  const user = [turn('user', 'hi')]

  test('has exactly the tokens asked for', () => {
    expect(answer(user, { textTokens: 321, reasoningTokens: 100 })).toMatchObject({
      outputTokens: 421,
      reasoningTokens: 100,
      isIncomplete: false,
    })
  })

  test('ends at the output limit, unless told to ignore it', () => {
    const limit = { outputTokensMax: 50 }
    expect(answer(user, { textTokens: 80 }, limit)).toMatchObject({ outputTokens: 50, isIncomplete: true })
    expect(answer(user, { textTokens: 80, ignoresOutputLimit: true }, limit)).toMatchObject({
      outputTokens: 80,
      isIncomplete: false,
    })
    expect(answer(user, { textTokens: 9_000 }).outputTokens).toBe(8_192)
  })

  test('leaves out a call that does not fit whole', () => {
    const cut = answer(
      user,
      { text: 'abcd', toolCalls: [{ name: 'f', arguments: { long: 'x'.repeat(200) } }] },
      { outputTokensMax: 20 },
    )
    expect(cut.parts.map((part) => part.kind)).toEqual(['text'])
    expect(cut).toMatchObject({ outputTokens: 20, isIncomplete: true })
  })
})

test('a model reasons by habit, by request, or never', () => {
  const reasoningOf = (name: string, reasoningEffort?: string) => {
    const model = findModel(name, false)
    return model && answer([turn('user', 'hi')], undefined, { model, reasoningEffort }).reasoningTokens
  }
  expect([
    reasoningOf('demo-fast', 'high'),
    reasoningOf('demo-smart'),
    reasoningOf('demo-smart', 'high'),
  ]).toEqual([0, 0, 256])
  expect([reasoningOf('demo-reasoning'), reasoningOf('demo-reasoning', 'none')]).toEqual([128, 0])
})
