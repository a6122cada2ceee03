// One gateway, and for each test a person with a full purse: asked over plain HTTP, and looked at by their one row.
import { expect, type TestContext } from 'vitest'
import {
  type GatewayOptions,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
  type UsageRowView,
} from '../../integration/support/running-gateway.ts'

export const PURSE_NANO_USD = 100_000_000_000

export const CHAT = '/v1/chat/completions'
export const RESPONSES = '/v1/responses'
/** Both dialects, with the least that each asks for. */
export const DIALECTS = [
  { path: CHAT, body: { messages: [{ role: 'user', content: 'Tell me about gates.' }] } },
  { path: RESPONSES, body: { input: 'Tell me about gates.' } },
] as const

export interface OnePerson {
  readonly gateway: RunningGateway
  person(): Person
  /** A new person, and an upstream that has forgotten everything. */
  renew(balanceNanoUsd?: number): Promise<Person>
  /** One more person at the same gateway, whose upstream forgets nothing. */
  another(): Promise<OnePerson>
  ask(
    path: string,
    body: object,
    more?: RequestInit & { readonly headers?: Record<string, string> },
  ): Promise<Response>
  /** Asks for a stream, reads its first bytes and hangs up. */
  hangUp(path: string, body: object): Promise<void>
  /** The one row; what it cost has left the purse, and nothing is held any more. */
  theRow(): Promise<UsageRowView>
}

export async function startOnePerson(options: GatewayOptions = {}): Promise<OnePerson> {
  return onePersonAt(await startGateway(options))
}

/** A test at a gateway of its own, for those that wait beside each other. */
export const atItsOwn =
  (run: (one: OnePerson) => Promise<void>, options?: GatewayOptions) =>
  async ({ onTestFinished }: TestContext): Promise<void> => {
    const one = await startOnePerson(options)
    onTestFinished(() => one.gateway.stop())
    await run(one)
  }

async function onePersonAt(gateway: RunningGateway): Promise<OnePerson> {
  let person = await gateway.createPerson(PURSE_NANO_USD)
  let purse = PURSE_NANO_USD

  const heldNanoUsd = async (): Promise<number> => {
    const user = await gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: person.id })
    return user.data.openHoldsNanoUsd
  }

  const ask: OnePerson['ask'] = (path, body, more = {}) =>
    fetch(gateway.url + path, {
      method: 'POST',
      ...more,
      headers: {
        authorization: `Bearer ${person.key}`,
        'content-type': 'application/json',
        ...more.headers,
      },
      body: JSON.stringify({ model: TEST_MODEL, ...body }),
    })

  return {
    gateway,
    person: () => person,
    async renew(balanceNanoUsd = PURSE_NANO_USD) {
      gateway.upstream.reset()
      purse = balanceNanoUsd
      person = await gateway.createPerson(balanceNanoUsd)
      return person
    },
    another: () => onePersonAt(gateway),
    ask,
    async hangUp(path, body) {
      const leaving = new AbortController()
      const response = await ask(path, { ...body, stream: true }, { signal: leaving.signal })
      await response.body?.getReader().read()
      leaving.abort()
    },
    async theRow() {
      await until(async () => (await heldNanoUsd()) === 0)
      const rows = await gateway.usageOf(person)
      expect(rows).toHaveLength(1)
      const [row] = rows
      if (!row) throw new Error('there is a row')
      expect(await gateway.balanceOf(person)).toBe(purse - row.costNanoUsd)
      return row
    },
  }
}

/** Waits until something is so; what never becomes so fails the test by its time. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}
