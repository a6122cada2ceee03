// Responses over WebSocket: each frame is a request like any other, held, limited and charged as one; what a connection remembers
// is its own; and it ends for stated reasons alone.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  costByHand,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from './support/running-gateway.ts'
import { SocketClient } from './support/socket-client.ts'

let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson()
})

const open = (by = person, ...more: [] | [object] | [object, string]) =>
  new SocketClient(gateway.url, by.key, ...more).opened()

const sent = () => gateway.upstream.requests.map(({ body }) => JSON.parse(String(body)))

describe('a turn', () => {
  test('is answered in frames, charged to the token, and listed as every request is', async () => {
    const client = await open()
    const turn = await client.ask({ input: 'Say hello.' })
    expect(turn[0]?.type).toBe('response.created')
    expect(turn.at(-1)?.type).toBe('response.completed')
    expect(turn.map((frame) => frame.sequence_number)).toEqual(turn.map((_, index) => index))
    const [row] = await gateway.usageOf(person)
    expect(row).toMatchObject({ endpoint: '/v1/responses', stream: true, status: 200, reason: 'completed' })
    expect(row && costByHand(row)).toBe(row?.costNanoUsd)
    expect(await gateway.balanceOf(person)).toBe(100_000_000_000 - (row?.costNanoUsd ?? 0))
    expect(sent()).toEqual([{ model: TEST_MODEL, store: false, input: 'Say hello.', stream: true }])
    await client.close()
  })
})
