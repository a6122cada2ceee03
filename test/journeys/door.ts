// A way into the console for journeys that are the same over both doors: a browser at /admin, and the window of the desktop app.
import type { Page } from 'playwright'

// What an operation answers differs; a journey looks at what it expects.
// biome-ignore lint/suspicious/noExplicitAny: the expectations of the journeys check the shapes
type Loose = any

export interface Door {
  /** The console, as an administrator in English. */
  readonly page: Page
  /** Where clients and the portal's users reach the gateway. */
  readonly address: () => string
  /** Opens an address of the console, loaded anew. */
  goTo(path: string): Promise<void>
  /** An operation in the name of the administrator; what is refused fails the journey. */
  ask(operation: string, input?: unknown): Promise<Loose>
  /** A moment worth a look: the door may check the screen and save a picture. */
  look(name: string): Promise<void>
}

export interface Person {
  readonly id: string
  readonly email: string
  /** Of their session in the portal. */
  readonly cookie: string
  /** Of their API key. */
  readonly secret: string
}

export const DOLLAR = 1_000_000_000
const PASSWORD = 'a long enough password'

/** Whoever has the cookie asks over HTTP, as the portal would. */
export async function askAs(
  door: Door,
  cookie: string,
  operation: string,
  input: unknown = {},
): Promise<Loose> {
  const response = await fetch(`${door.address()}/api/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway', cookie },
    body: JSON.stringify(input),
  })
  const [session = ''] = response.headers.getSetCookie().map((line) => line.split(';')[0])
  // An envelope: an object of this gateway's own.
  return { ...((await response.json()) as object), session }
}

/** A teammate with money, a session in the portal, and a key. */
export async function personOf(door: Door, email: string, dollars: number): Promise<Person> {
  const { id } = await door.ask('users.create', { email, password: PASSWORD })
  await door.ask('users.adjustBalance', { userId: id, amountNanoUsd: dollars * DOLLAR, note: 'a start' })
  const { secret } = await door.ask('keys.create', { userId: id, name: 'laptop' })
  const { session } = await askAs(door, '', 'auth.login', { email, password: PASSWORD })
  return { id, email, cookie: session, secret }
}

/** One request as a client sends it; resolves to its status. */
export async function send(door: Door, { secret }: Person, model: string): Promise<number> {
  const response = await fetch(`${door.address()}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }] }),
  })
  await response.arrayBuffer()
  return response.status
}

export async function audited(door: Door): Promise<readonly string[]> {
  const { rows } = await door.ask('audit.list', { limit: 50 })
  return (rows as { operation: string }[]).map(({ operation }) => operation)
}
