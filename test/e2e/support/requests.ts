// Requests for journeys, sent to the OpenAI side as a client would send them.
import type { Stage } from './stage.ts'

export const DOLLAR = 1_000_000_000

export interface Client {
  readonly userId: string
  readonly keyId: string
  readonly cookie: string
  /** The API key. */
  readonly secret: string
  /** Sends one request and resolves to its status. */
  send(model?: string): Promise<number>
}

/** A person with money and a key. */
export async function clientOf(stage: Stage, email: string, dollars: number): Promise<Client> {
  const { id: userId, cookie } = await stage.teammate(email)
  const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })
  if (dollars > 0)
    await asAdmin('users.adjustBalance', { userId, amountNanoUsd: dollars * DOLLAR, note: 'start' })
  const key = await asAdmin('keys.create', { userId, name: `${email.split('@')[0]}-laptop` })
  return {
    userId,
    keyId: key.data.id,
    cookie,
    secret: key.data.secret,
    async send(model = 'demo-smart') {
      const response = await fetch(`${stage.portal.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.data.secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model,
          messages: [{ role: 'user', content: 'hello' }],
          max_completion_tokens: 40,
        }),
      })
      await response.arrayBuffer()
      return response.status
    },
  }
}

/** Several people, several models, one model without a price. */
export async function fillStage(stage: Stage): Promise<readonly Client[]> {
  const people = await Promise.all(
    ['wei.chen', 'priya.raman', 'tomas.ortega'].map((name, index) =>
      clientOf(stage, `${name}@tidewater.example`, 20 + 30 * index),
    ),
  )
  const models = ['demo-smart', 'demo-fast', 'demo-reasoning', 'gpt-5.9-unheard-of']
  await Promise.all(
    models.flatMap((model) =>
      people.flatMap(({ send }, index) => Array.from({ length: index + 1 }, () => send(model))),
    ),
  )
  return people
}
