// Makes a gateway ready to be measured: prices for the models of the load, and a key whose owner can pay for it.
import { setTimeout as delay } from 'node:timers/promises'

export interface Account {
  readonly email: string
  readonly password: string
}

/** The cookie of a session. */
export async function cookieOf(url: string, account: Account): Promise<string> {
  const response = await fetch(`${url}/api/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' },
    body: JSON.stringify(account),
  })
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

const MODELS = ['bench-json', 'bench-burst', 'bench-first', 'bench-paced', 'bench-slow']
const BALANCE_NANO_USD = 9_000_000_000_000

export type Call = <T>(name: string, input: unknown) => Promise<T>

/** Calls operations over HTTP, as whoever signs in first. */
export function createCaller(url: string): Call {
  let cookie = ''
  return async function call<T>(name: string, input: unknown): Promise<T> {
    const response = await fetch(`${url}/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway', cookie },
      body: JSON.stringify(input),
    })
    cookie ||= response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    // Operations answer in one envelope; which data is in it, the caller knows.
    const envelope = (await response.json()) as { ok: boolean; data: T; error?: unknown }
    if (!envelope.ok) throw new Error(`${name}: ${JSON.stringify(envelope.error)}`)
    return envelope.data
  }
}

/** Resolves with an API key. */
export async function prepareGateway(url: string, account: Account): Promise<string> {
  const call = createCaller(url)
  const { user } = await call<{ user: { id: string } }>('auth.login', account)
  await call('users.adjustBalance', { userId: user.id, amountNanoUsd: BALANCE_NANO_USD, note: 'bench' })
  for (const model of MODELS) {
    await call('prices.upsert', {
      model,
      inputNanoUsdPerMTok: 150_000_000,
      cachedInputNanoUsdPerMTok: 75_000_000,
      outputNanoUsdPerMTok: 600_000_000,
    })
  }
  // A price takes effect with the next millisecond.
  await delay(5)
  return (await call<{ secret: string }>('keys.create', { name: 'bench' })).secret
}
