// What a chat completion may say: every allowed thing passes, every refused one is refused by its name.
import { describe, expect, test } from 'vitest'
import type { Refusal } from '../../contract/errors.ts'
import type { Result } from '../../contract/result.ts'
import type { BodyFacts } from './body-facts.ts'
import { readChatBody } from './chat-body.ts'

const BODY_BYTES = 50_000

const chat = (more: Record<string, unknown>) =>
  readChatBody({ model: 'gpt-6-sol', messages: [{ role: 'user', content: 'Hello.' }], ...more }, BODY_BYTES)
const inChat = (...content: unknown[]) => chat({ messages: [{ role: 'user', content }] })

function facts(result: Result<BodyFacts, Refusal>): BodyFacts {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

function refused(result: Result<BodyFacts, Refusal>): Refusal {
  if (result.ok) throw new Error('not refused')
  return result.error
}

describe('a chat body', () => {
  test('that is shaped for responses is told where to go', () => {
    const cursor = {
      model: 'gpt-5.5-codex',
      input: [{ role: 'user', content: 'Hello.' }],
      stream: true,
      tools: [],
    }
    const { code, param, details } = refused(readChatBody(cursor, BODY_BYTES))
    expect({ code, param }).toEqual({ code: 'invalid_parameter', param: 'messages' })
    expect(details?.problem).toContain('/v1/responses')
  })

  test('has messages, in a list', () => {
    expect(refused(readChatBody({ model: 'm' }, 10))).toEqual({
      code: 'missing_parameter',
      param: 'messages',
    })
    for (const messages of ['Hello.', {}, null]) {
      expect(refused(chat({ messages }))).toMatchObject({ code: 'invalid_parameter', param: 'messages' })
    }
  })

  test.each([
    ['neither', {}, undefined],
    ['the older', { max_tokens: 100 }, 100],
    ['the newer', { max_completion_tokens: 200 }, 200],
    ['the larger of both', { max_tokens: 300, max_completion_tokens: 200 }, 300],
    ['null as neither', { max_tokens: null, max_completion_tokens: null }, undefined],
  ])('names its output limit: %s', (_which, more, limit) => {
    expect(facts(chat(more)).outputTokensLimit).toBe(limit)
  })

  test.each(['max_tokens', 'max_completion_tokens'])(
    'names a limit in %s that is a whole number above zero',
    (param) => {
      for (const value of [0, -1, 1.5, '100', 1e15, Number.NaN]) {
        expect(refused(chat({ [param]: value }))).toMatchObject({ code: 'invalid_parameter', param })
      }
    },
  )

  test('asks for at most 128 choices', () => {
    expect(facts(chat({})).choices).toBe(1)
    expect(facts(chat({ n: null })).choices).toBe(1)
    expect(facts(chat({ n: 128 })).choices).toBe(128)
    for (const n of [0, 129, 2.5, '2', -1])
      expect(refused(chat({ n }))).toMatchObject({ code: 'invalid_parameter', param: 'n' })
  })

  test('says whether it wants the usage chunk', () => {
    expect(facts(chat({})).wantsUsageChunk).toBe(false)
    for (const stream_options of [
      null,
      {},
      { include_usage: null },
      { include_usage: false },
      { include_obfuscation: true },
    ]) {
      expect(facts(chat({ stream_options })).wantsUsageChunk).toBe(false)
    }
    expect(facts(chat({ stream_options: { include_usage: true } })).wantsUsageChunk).toBe(true)
    expect(refused(chat({ stream_options: 'yes' })).param).toBe('stream_options')
    expect(refused(chat({ stream_options: { include_usage: 'yes' } })).param).toBe(
      'stream_options.include_usage',
    )
  })

  test('with a prediction may be billed for as much output again as the prediction is long', () => {
    expect(facts(chat({})).extraOutputTokensMax).toBe(0)
    expect(facts(chat({ prediction: { type: 'content', content: 'x' } })).extraOutputTokensMax).toBe(
      BODY_BYTES,
    )
  })

  test.each([
    ['audio', { audio: { voice: 'alloy' } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['messages[0].audio', { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] }],
    [
      'messages[0].content[0]',
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'x' } }] }] },
    ],
    ['tools', { tools: [{ type: 'function' }, { type: 'web_search' }] }],
    ['tools[0].tools[0]', { tools: [{ type: 'namespace', tools: [{ type: 'file_search' }] }] }],
  ])('may not reach for %s', (param, more) => {
    const { code, param: named } = refused(chat(more))
    expect(named).toBe(param)
    expect(code).toMatch(/^unsupported_/)
  })

  test('may leave all of that null or empty', () => {
    const more = {
      audio: null,
      modalities: ['text'],
      web_search_options: null,
      service_tier: null,
      prediction: null,
    }
    expect(
      facts(chat({ ...more, messages: [{ role: 'assistant', content: null, audio: null }] }))
        .extraOutputTokensMax,
    ).toBe(0)
  })

  test('holds a bound for each image, and does not count its base64 as text', () => {
    const url = `data:image/png;base64,${'A'.repeat(40_000)}`
    const plain = facts(inChat({ type: 'text', text: 'x' })).input
    const bound = facts(
      inChat(
        { type: 'image_url', image_url: { url } },
        { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
      ),
    ).input
    expect(bound?.textBytes).toBe(BODY_BYTES - url.length)
    expect((bound?.fixedTokensMax ?? 0) - (plain?.fixedTokensMax ?? 0)).toBe(50_000)
  })

  test('is bounded by the window alone where it carries a file, or a part that nobody here knows', () => {
    expect(
      facts(inChat({ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } })).input,
    ).toBeUndefined()
    expect(
      facts(inChat({ type: 'video_url', video_url: { url: 'https://x.test/a.mp4' } })).input,
    ).toBeUndefined()
    expect(
      facts(inChat({ type: 'text', text: 'a' }, { type: 'refusal', refusal: 'b' }, 'c')).input,
    ).toBeDefined()
  })

  test('never refers to anything stored, and stores nothing that could be referred to', () => {
    expect(facts(chat({ store: true }))).toMatchObject({
      isStored: false,
      previousResponseId: undefined,
      itemReferences: [],
      fileReferences: [],
    })
  })
})
