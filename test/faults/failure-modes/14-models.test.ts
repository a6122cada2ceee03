// Failure modes 14, 18 and 19: what runs is what was asked for, priced and permitted: aliases and dated snapshots, hosted
// tools, and everything that can make a request dearer than its model.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { costByHand, TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { CHAT, DIALECTS, type OnePerson, RESPONSES, startOnePerson } from '../support/one-person.ts'

let one: OnePerson

beforeAll(async () => {
  one = await startOnePerson({ settings: { modelAliases: { 'our-model': TEST_MODEL } } })
})
afterAll(() => one.gateway.stop())
beforeEach(() => one.renew())

describe.each(DIALECTS)('$path', ({ path, body }) => {
  test('failure mode 14: an alias runs and costs its target, and every model in the answer is the alias again', async () => {
    for (const stream of [true, false]) {
      await one.renew()
      const text = await (await one.ask(path, { ...body, model: 'our-model', stream })).text()
      expect(one.gateway.upstream.requests[0]?.json()).toMatchObject({ model: TEST_MODEL })
      const models = [...text.matchAll(/"model":"([^"]*)"/g)].map(([, model]) => model)
      expect(models.length).toBeGreaterThan(0)
      expect(new Set(models)).toEqual(new Set(['our-model']))
      const row = await one.theRow()
      expect(row.model).toBe('our-model')
      expect(row.costNanoUsd).toBe(costByHand(row))
    }
  })

  test('failure mode 14: a dated snapshot in the answer is passed on, and priced as what was asked for', async () => {
    one.gateway.upstream.script({ answer: { model: `${TEST_MODEL}-2026-11-01` } })
    const answer = await (await one.ask(path, body)).json()
    expect(answer).toMatchObject({ model: `${TEST_MODEL}-2026-11-01` })
    const row = await one.theRow()
    expect(row.costNanoUsd).toBe(costByHand(row))
  })
})

const refusedWith = async (path: string, body: object): Promise<string> => {
  const response = await one.ask(path, body)
  const { error } = (await response.json()) as { error: { code: string } }
  expect(response.status).toBe(400)
  expect(one.gateway.upstream.requests).toHaveLength(0)
  return error.code
}

test('failure mode 18: hosted tools that are not open or have no price are refused, wherever they stand', async () => {
  for (const [type, code] of [
    ['file_search', 'tool_not_permitted'],
    ['code_interpreter', 'tool_not_permitted'],
    ['image_generation', 'tool_not_permitted'],
    ['mcp', 'unsupported_tool'],
    ['computer_use_preview', 'unsupported_tool'],
    ['shell', 'unsupported_tool'],
  ] as const) {
    const tools = [{ type, server_label: 'x' }]
    expect(await refusedWith(RESPONSES, { input: 'Hi', tools })).toBe(code)
    const offered = [
      { type: 'additional_tools', tools },
      { role: 'user', content: 'Hi' },
    ]
    expect(await refusedWith(RESPONSES, { input: offered })).toBe(code)
  }
})

test('failure mode 19: what would escape the price or the request is refused by its name', async () => {
  expect(await refusedWith(RESPONSES, { input: 'Hi', service_tier: 'ultrafast' })).toBe(
    'unsupported_service_tier',
  )
  expect(await refusedWith(CHAT, { ...DIALECTS[0].body, service_tier: 'priority' })).toBe(
    'unsupported_service_tier',
  )
  for (const more of [{ background: true }, { conversation: 'conv_1' }, { prompt: { id: 'pmpt_1' } }])
    expect(await refusedWith(RESPONSES, { input: 'Hi', ...more })).toBe('unsupported_parameter')
})
