// A key for a few minutes, in the operator's name: made for one thing, for one model, and deleted with it.
import { z } from 'zod'
import type { Envelope } from '../../contract/operation.ts'

const LIFE_MS = 10 * 60_000
const created = z.object({ id: z.string(), secret: z.string() })

type Ask = (name: string, input: unknown) => Promise<Envelope<unknown>>

/** Rejects where the gateway refuses the key. */
export async function withTemporaryKey<T>(
  ask: Ask,
  purpose: { readonly name: string; readonly model: string; readonly nowMs: number },
  use: (secret: string) => Promise<T>,
): Promise<T> {
  const answer = await ask('keys.create', {
    name: purpose.name,
    allowedModels: [purpose.model],
    expiresAt: purpose.nowMs + LIFE_MS,
  })
  if (!answer.ok) throw new Error(answer.error.message)
  const { id, secret } = created.parse(answer.data)
  try {
    return await use(secret)
  } finally {
    await ask('keys.delete', { keyId: id })
  }
}
