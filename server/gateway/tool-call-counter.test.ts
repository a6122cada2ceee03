// Calls of hosted tools, counted from what an answer says of them.
import { describe, expect, test } from 'vitest'
import { ToolCallCounter } from './tool-call-counter.ts'

function counted(...items: readonly unknown[]) {
  const counter = new ToolCallCounter()
  for (const [index, item] of items.entries()) counter.note(item, index)
  return counter.calls()
}

describe('calls', () => {
  test('come with the tools that the answer names, as far as their price depends on which they are', () => {
    const offeredOf = (...lists: readonly unknown[]) => {
      const counter = new ToolCallCounter()
      for (const list of lists) counter.noteOffered(list)
      return counter.calls().offered
    }
    const draw = (model: string) => ({ type: 'image_generation', model })
    expect(
      offeredOf([{ type: 'web_search_preview_2025_03_11' }, draw('gpt-image-2')], undefined, []),
    ).toEqual({
      search: 'preview',
      imageModel: 'gpt-image-2',
    })
    const both = [{ type: 'web_search' }, { type: 'web_search_preview' }, draw('a'), draw('b')]
    expect(offeredOf(both)).toEqual({ search: undefined, imageModel: undefined })
    for (const none of [undefined, null, 'x', [], [7, { type: 'function', name: 'web_search' }]])
      expect(offeredOf(none)).toBeUndefined()
  })

  test('count once each, however often an item is told of', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search' } }
    const files = { type: 'file_search_call', id: 'fs_1', queries: ['x'] }
    expect(
      counted({ ...search, status: 'in_progress', action: undefined }, search, search, files, files),
    ).toMatchObject({ webSearchCalls: 1, fileSearchCalls: 1 })
  })

  test('of a search are searches, and not the pages that it opens or what has failed', () => {
    expect(
      counted(
        { type: 'web_search_call', id: 'ws_1', action: { type: 'search' } },
        // At first nothing is known of it; then it turns out to be none.
        { type: 'web_search_call', id: 'ws_2', status: 'in_progress' },
        { type: 'web_search_call', id: 'ws_2', action: { type: 'open_page' } },
        { type: 'web_search_call', id: 'ws_3', action: { type: 'find_in_page' } },
        { type: 'web_search_call', id: 'ws_4', status: 'failed', action: { type: 'search' } },
        { type: 'web_search_call', id: 'ws_5', action: {} },
      ).webSearchCalls,
    ).toBe(2)
  })

  test('of the interpreter are its containers', () => {
    const run = (id: string, container?: string) => ({
      type: 'code_interpreter_call',
      id,
      container_id: container,
    })
    const runs = [run('ci_1', 'cntr_a'), run('ci_2', 'cntr_a'), run('ci_3', 'cntr_b'), run('ci_4')]
    expect(counted(...runs).codeInterpreterSessions).toBe(3)
  })

  test('without an id count by their place', () => {
    const counter = new ToolCallCounter()
    counter.note({ type: 'file_search_call' }, 0)
    counter.note({ type: 'file_search_call' }, 0)
    counter.note({ type: 'file_search_call' }, 1)
    expect(counter.calls().fileSearchCalls).toBe(2)
  })

  test('are none where there are none', () => {
    expect(counted(null, 'x', [], { type: 'message', id: 'msg_1' }, { type: 'function_call' })).toEqual({
      webSearchCalls: 0,
      fileSearchCalls: 0,
      codeInterpreterSessions: 0,
      imageCalls: 0,
      image: undefined,
    })
  })
})

test('images count as reported, with drawings that another model made as their output', () => {
  const counter = new ToolCallCounter()
  counter.note(
    { type: 'image_generation_call', id: 'ig_1', svg_usage: { input_tokens: 7, output_tokens: 11 } },
    0,
  )
  counter.noteReport({
    image_gen: { input_tokens: 50, output_tokens: 4_160, input_tokens_details: { image: 20 } },
  })
  counter.noteReport(null)
  expect(counter.calls()).toMatchObject({
    imageCalls: 1,
    image: { inputTokens: 57, imageInputTokens: 20, outputTokens: 4_171, textOutputTokens: 0 },
  })
})

test.each([
  ['of the tool', { input_tokens: 50, output_tokens: -4 }, { input_tokens: 7, output_tokens: 11 }],
  ['of a drawing', { input_tokens: 50, output_tokens: 4_160 }, { input_tokens: 7, output_tokens: 1.5 }],
])('a report %s that cannot be true is doubted', (_, image_gen, svg_usage) => {
  const counter = new ToolCallCounter()
  counter.note({ type: 'image_generation_call', id: 'ig_1', svg_usage }, 0)
  counter.noteReport({ image_gen })
  expect(counter.calls().isImageImplausible).toBe(true)
})

test('no more than ten thousand items are remembered', () => {
  const items = Array.from({ length: 10_050 }, (_, index) => ({
    type: 'file_search_call',
    id: `fs_${index}`,
  }))
  expect(counted(...items).fileSearchCalls).toBe(10_000)
})
