// The output limit that a hold pays for, put into the body that is sent upstream.
import { describe, expect, test } from 'vitest'
import type { Dialect } from './endpoints.ts'
import { applySplices, scanObject } from './json-scan.ts'
import { outputLimitSplices } from './output-limit.ts'

function lowered(dialect: Dialect, text: string, outputTokens = 300): string {
  const body = Buffer.from(text)
  const scan = scanObject(body)
  if (!scan.ok) throw new Error('the body cannot be scanned')
  return applySplices(body, outputLimitSplices(dialect, scan.value, body, outputTokens)).toString()
}

describe('a response', () => {
  test('without a limit is given one, and every other byte stays', () => {
    expect(lowered('responses', '{ "model" : "m", "input":"門" }')).toBe(
      '{ "model" : "m", "input":"門","max_output_tokens":300 }',
    )
  })

  test('with a higher limit has it lowered, wherever it stands and however it is written', () => {
    expect(lowered('responses', '{"max_output_tokens": 4000 ,"model":"m"}')).toBe(
      '{"max_output_tokens": 300 ,"model":"m"}',
    )
    expect(lowered('responses', '{"model":"m","max_output_tokens":4e3}')).toBe(
      '{"model":"m","max_output_tokens":300}',
    )
    expect(lowered('responses', '{"model":"m","max_\\u006futput_tokens":4000}')).toBe(
      '{"model":"m","max_\\u006futput_tokens":300}',
    )
  })

  test('with an empty limit has it filled, so that no member stands twice', () => {
    expect(lowered('responses', '{"max_output_tokens":null}')).toBe('{"max_output_tokens":300}')
  })

  test('does not mistake the text of a prompt for a limit', () => {
    const text =
      '{"model":"m","input":[{"content":"\\"max_output_tokens\\": 9"}],"metadata":{"max_output_tokens":9}}'
    expect(lowered('responses', text)).toBe(`${text.slice(0, -1)},"max_output_tokens":300}`)
  })
})

describe('a chat completion', () => {
  test('without a limit is given the newer one', () => {
    expect(lowered('chat', '{"model":"m"}')).toBe('{"model":"m","max_completion_tokens":300}')
    expect(lowered('chat', '{"max_tokens":null}')).toBe('{"max_tokens":null,"max_completion_tokens":300}')
  })

  test.each(['max_tokens', 'max_completion_tokens'])('with %s keeps that one, lowered', (name) => {
    expect(lowered('chat', `{"${name}":4000,"model":"m"}`)).toBe(`{"${name}":300,"model":"m"}`)
  })

  test('with both has neither above what is paid for', () => {
    expect(lowered('chat', '{"max_tokens":4000,"max_completion_tokens":500}')).toBe(
      '{"max_tokens":300,"max_completion_tokens":300}',
    )
    expect(lowered('chat', '{"max_tokens":100,"max_completion_tokens":500}')).toBe(
      '{"max_tokens":100,"max_completion_tokens":300}',
    )
    expect(lowered('chat', '{"max_tokens":400,"max_completion_tokens":null}')).toBe(
      '{"max_tokens":300,"max_completion_tokens":null}',
    )
  })
})

describe('a legacy completion', () => {
  test('has its one limit lowered, or is given it', () => {
    expect(lowered('completions', '{"model":"m","max_tokens":4000}')).toBe('{"model":"m","max_tokens":300}')
    expect(lowered('completions', '{"model":"m"}')).toBe('{"model":"m","max_tokens":300}')
  })
})

test.each(['compaction', 'embeddings', 'moderations', 'input_tokens'] as const)(
  'the output of %s has no limit to lower',
  (dialect) => expect(() => lowered(dialect, '{"model":"m"}')).toThrow(dialect),
)
