// Rounds of a gateway that is killed at a random moment under load, on one data folder: after each restart the books are
// intact, and hold everything that anybody had been told.
import { readdirSync } from 'node:fs'
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Asking, planAsking } from './asking.ts'
import { auditBooks, type Books } from './audit.ts'
import type { Rates } from './by-hand.ts'
import { checkAskings } from './check-askings.ts'
import { type Seen, send } from './client.ts'
import { createKillableGateway, type KillableGateway } from './killable-gateway.ts'
import { MEDIA_DIALECTS } from './media-asking.ts'
import { planMediaRates } from './media-ending.ts'
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts'
import { createSeeded, type Seeded } from './seeded.ts'

export interface KillRounds {
  readonly seed: number
  readonly rounds: number
  readonly onProgress?: (done: number) => void
  readonly isOver?: () => boolean
}

export interface KillOutcome {
  readonly rounds: number
  /** Answers that a client had received whole when the gateway was killed. */
  readonly answersSeen: number
  readonly charges: number
  /** Those that a plan paid. */
  readonly planCharges: number
  readonly losses: number
  /** Forms that kills had left on disk, and starts have swept. */
  readonly sweptForms: number
  readonly problems: readonly string[]
}

const AT_ONCE = 12
const PEOPLE = 4
const DOLLAR = 1_000_000_000
/** How many requests end before a gateway is killed, and how long it lives where they take longer. */
const ENDED_MAX = 120
const LIFE_MS_MAX = 4_000
const START_MS_MAX = 900
const MULTIPLIER_PPM = 1_000_000

export async function runKillRounds(options: KillRounds): Promise<KillOutcome> {
  const upstream = await startScriptedUpstream()
  const gateway = await createKillableGateway(upstream.demo.baseUrl)
  try {
    return await new Rounds(options, gateway, upstream).run()
  } finally {
    await gateway.remove()
    await upstream.stop()
  }
}

interface Asked {
  readonly asking: Asking
  readonly seen: Seen
}

interface Person {
  readonly userId: string
  readonly keyId: string
  readonly secret: string
}

class Rounds {
  readonly #options: KillRounds
  readonly #gateway: KillableGateway
  readonly #upstream: ScriptedUpstream
  readonly #seeded: Seeded
  readonly #models = new Map<string, Rates>()
  readonly #people: Person[] = []
  /** What was asked since the last look at the books. */
  #asked: Asked[] = []
  #number = 0
  /** Notes of balance changes: those that were sent, and those of them that were confirmed. */
  readonly #confirmed = new Set<string>()
  #settled: ReadonlySet<string> = new Set()
  #answersSeen = 0
  #sweptForms = 0
  readonly #problems: string[] = []

  constructor(options: KillRounds, gateway: KillableGateway, upstream: ScriptedUpstream) {
    this.#options = options
    this.#gateway = gateway
    this.#upstream = upstream
    this.#seeded = createSeeded(options.seed)
  }

  async run(): Promise<KillOutcome> {
    await this.#setUp()
    const { rounds, onProgress, isOver } = this.#options
    let done = 0
    while (done < rounds && !isOver?.() && this.#problems.length === 0) {
      await this.#round()
      done += 1
      onProgress?.(done)
    }
    const books = await this.#lookAtBooks()
    const { size: charges } = books.charges
    const planCharges = [...books.charges.values()].filter(
      ({ planSubscriptionId }) => planSubscriptionId,
    ).length
    const { size: losses } = books.losses
    return {
      rounds: done,
      answersSeen: this.#answersSeen,
      charges,
      planCharges,
      losses,
      sweptForms: this.#sweptForms,
      problems: this.#problems,
    }
  }

  async #setUp(): Promise<void> {
    const url = (await this.#gateway.start()) ?? ''
    for (let number = 1; number <= 5; number += 1) {
      const rates = {
        inputNanoUsdPerMTok: this.#seeded.int(1, 5 * DOLLAR),
        outputNanoUsdPerMTok: this.#seeded.int(1, 20 * DOLLAR),
        webSearchNanoUsdPerCall: DOLLAR / 100,
        contextWindowTokens: 128_000,
        maxOutputTokens: 8_192,
      }
      this.#models.set(`model-${number}`, rates)
    }
    for (const media of MEDIA_DIALECTS) this.#models.set(`${media}-1`, planMediaRates(this.#seeded, media))
    for (const [model, rates] of this.#models)
      await this.#gateway.admin(url, 'prices.upsert', { model, ...rates })
    for (let number = 1; number <= PEOPLE; number += 1) {
      const about = { email: `person-${number}@example.test`, password: 'a long enough password' }
      const { id: userId } = await this.#gateway.admin<{ id: string }>(url, 'users.create', about)
      const balance = { userId, amountNanoUsd: 10_000 * DOLLAR }
      await this.#gateway.admin(url, 'users.adjustBalance', balance)
      const key = await this.#gateway.admin<{ id: string; secret: string }>(url, 'keys.create', {
        userId,
        name: 'key',
      })
      this.#people.push({ userId, keyId: key.id, secret: key.secret })
    }
    await this.#givePlan(url)
    await this.#gateway.kill()
  }

  /** The first person's requests are paid by a plan, with windows of every kind that carry all of them. */
  async #givePlan(url: string): Promise<void> {
    const quotas = [
      { window: 'day', metric: 'money', value: 10_000 * DOLLAR },
      { window: 'week', metric: 'tokens', value: 1_000_000_000_000 },
      { window: 'month', metric: 'requests', value: 1_000_000 },
    ]
    const plan = { name: 'Pro', priceNanoUsd: 0, days: 30, mayUseBalance: false, quotas }
    const { id: planId } = await this.#gateway.admin<{ id: string }>(url, 'plans.create', plan)
    await this.#gateway.admin(url, 'users.grantPlan', { userId: this.#people[0]?.userId, planId })
  }

  async #round(): Promise<void> {
    if (this.#seeded.percent(20)) {
      // While it starts: it may be resolving what the last one left behind.
      const starting = this.#gateway.start()
      await Promise.race([starting, sleep(this.#seeded.int(20, START_MS_MAX))])
      await this.#gateway.kill()
      await starting
    }
    const url = await this.#gateway.start()
    if (url === undefined) throw new Error('the gateway was killed by somebody else')
    this.#check(await auditBooks(this.#gateway.databasePath))
    const left = readdirSync(this.#gateway.spoolPath)
    this.#problems.push(...left.map((name) => `the form ${name} is left on disk`))
    const life = new AbortController()
    const agent = new Agent({ keepAlive: true })
    const work = [
      ...Array.from({ length: AT_ONCE }, () => this.#askOn(url, agent, life.signal)),
      // Each of them brings into the tables what stands in the redo log, so that in the other rounds much stands there.
      ...(this.#seeded.percent(50) ? [this.#topUpOn(url, life.signal)] : []),
    ]
    await this.#live()
    await this.#gateway.kill()
    this.#sweptForms += readdirSync(this.#gateway.spoolPath).length
    life.abort()
    agent.destroy()
    await Promise.all(work)
  }

  /** Until a number of requests have ended, and a moment longer, so that it dies at no particular point of any. */
  async #live(): Promise<void> {
    const enough = this.#asked.length + this.#seeded.int(0, ENDED_MAX)
    const deadline = performance.now() + LIFE_MS_MAX
    while (this.#asked.length < enough && performance.now() < deadline) await sleep(1)
    await sleep(this.#seeded.int(0, 20))
  }

  async #askOn(url: string, agent: Agent, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#number += 1
      const person = this.#number % PEOPLE
      const own = createSeeded(this.#options.seed + this.#number)
      const model = own.pick([...this.#models.keys()])
      const identity = { id: `ask-${this.#number}`, person, key: 0, model }
      const asking = planAsking(own, identity)
      this.#upstream.expect(asking)
      const arrived = this.#upstream.arrived(asking.id)
      const connection = { url, agent, apiKey: this.#people[person]?.secret ?? '' }
      // Who waits for the upstream before leaving would wait for ever once the gateway is dead.
      const dead = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      const seen = await send(asking, { ...connection, arrived: Promise.race([arrived, dead]) })
      if (!signal.aborted || seen.isWhole) this.#asked.push({ asking, seen })
      else this.#asked.push({ asking, seen: { ...seen, hasLeft: true } })
    }
  }

  async #topUpOn(url: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#number += 1
      const note = `top-up ${this.#number}`
      const { userId } = this.#people[this.#number % PEOPLE] ?? { userId: '' }
      const input = { userId, amountNanoUsd: this.#number, note }
      try {
        await this.#gateway.admin(url, 'users.adjustBalance', input)
        this.#confirmed.add(note)
      } catch {
        // Killed in the middle: whether it was taken, nobody was told.
      }
    }
  }

  async #lookAtBooks(): Promise<Books> {
    await this.#gateway.start()
    const books = await auditBooks(this.#gateway.databasePath)
    this.#check(books)
    await this.#gateway.kill()
    return books
  }

  #check(books: Books): void {
    this.#problems.push(
      ...books.problems,
      ...this.#checkAnswers(books),
      ...checkNotes(books, this.#confirmed),
      ...this.#checkSources(books),
      ...[...this.#settled].filter((id) => !books.charges.has(id)).map((id) => `the charge of ${id} is lost`),
    )
    this.#settled = new Set(books.charges.keys())
    this.#asked = []
  }

  #checkSources(books: Books): string[] {
    const first = this.#people[0]?.userId
    return [...books.charges.values()]
      .filter(({ userId, planSubscriptionId }) => (userId === first) === (planSubscriptionId === null))
      .map(({ requestId }) => `${requestId} was paid by what was not asked to`)
  }

  /** Everything that somebody has seen the end of is in the books as if nothing had happened. */
  #checkAnswers(books: Books): string[] {
    const known = new Set(books.entries.map(({ requestId }) => requestId))
    const problems: string[] = []
    const whole = this.#asked.filter(({ asking, seen }) => seen.isWhole && isBooked(asking, seen))
    this.#answersSeen += whole.length
    for (const { asking, seen } of this.#asked) {
      const hasBegun = seen.status === 200 && seen.body.length > 0
      // Frames of a socket do not name it.
      if (hasBegun && seen.requestId !== undefined && !known.has(seen.requestId))
        problems.push(`${asking.id}: relayed without a hold on disk`)
    }
    const ids = new Set(whole.map(({ seen }) => seen.requestId))
    problems.push(
      ...checkAskings(
        {
          members: this.#people.map(({ keyId }) => ({ isRich: true, keys: [{ keyId }] })),
          models: this.#models,
          multiplierPpm: MULTIPLIER_PPM,
          asked: new Map(whole.map((one) => [one.asking.id, one])),
          upstream: this.#upstream,
        },
        { ...books, usage: books.usage.filter(({ requestId }) => ids.has(requestId)) },
      ),
    )
    return problems
  }
}

/** Refusals before a hold are written without anybody waiting for it. */
const isBooked = (asking: Asking, seen: Seen): boolean =>
  asking.refusedWith === undefined && seen.status !== 503 && seen.requestId !== undefined

function checkNotes(books: Books, confirmed: ReadonlySet<string>): string[] {
  const counts = new Map<string, number>()
  for (const { note } of books.entries) {
    if (note) counts.set(note, (counts.get(note) ?? 0) + 1)
  }
  return [
    ...[...confirmed].filter((note) => !counts.has(note)).map((note) => `${note} was confirmed and is gone`),
    ...[...counts].filter(([, count]) => count > 1).map(([note]) => `${note} was booked twice`),
  ]
}
