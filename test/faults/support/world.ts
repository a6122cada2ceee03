// A gateway under load: the real server in this process, the scripted upstream, people with keys and balances, and models
// with prices of every shape. Keeps what was asked and what clients saw, and checks the books against it.
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningGateway, startGateway } from '../../integration/support/running-gateway.ts'
import type { Asking } from './asking.ts'
import { auditBooks } from './audit.ts'
import type { Rates } from './by-hand.ts'
import { checkAskings } from './check-askings.ts'
import { type Seen, send } from './client.ts'
import { MEDIA_DIALECTS } from './media-asking.ts'
import { planMediaRates } from './media-ending.ts'
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts'
import type { Seeded } from './seeded.ts'

export interface Member {
  readonly userId: string
  /** Enough for the worst case of everything it asks, so that its holds are known. */
  readonly isRich: boolean
  readonly keys: readonly { readonly keyId: string; readonly secret: string }[]
  /** The sum of the balance changes that were confirmed. */
  changedNanoUsd: number
}

export interface World {
  readonly gateway: RunningGateway
  readonly upstream: ScriptedUpstream
  readonly members: readonly Member[]
  readonly models: ReadonlyMap<string, Rates>
  readonly multiplierPpm: number
  readonly asked: ReadonlyMap<string, { readonly asking: Asking; readonly seen: Seen }>
  createMember(balanceNanoUsd: number, keys: number, isRich: boolean): Promise<Member>
  /** Resolves when the client has seen all that it wanted to see. */
  ask(asking: Asking): Promise<Seen>
  /** Whether the change was taken; the sum is kept. */
  changeBalance(member: Member, amountNanoUsd: number): Promise<boolean>
  /** Resolves when nothing is held any more; rejects where that takes too long. */
  settled(): Promise<void>
  /** What is wrong, in words; the gateway has to be at rest. */
  problems(): Promise<readonly string[]>
  stop(): Promise<void>
}

export interface WorldOptions {
  readonly models: number
  readonly multiplierPpm: number
  /** As a setting of the gateway; a load of thousands needs more of it than one of hundreds. */
  readonly drainSecondsMax?: number | undefined
}

/** Short, because stalled requests take all of it; long enough that no other request does on a busy machine. */
const DRAIN_SECONDS_MAX = 3
/** What is still held after this long will be held for ever. */
const SETTLED_MS_MAX = 20_000

export async function startWorld(
  seeded: Seeded,
  { models: count, multiplierPpm, drainSecondsMax = DRAIN_SECONDS_MAX }: WorldOptions,
): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-load-'))
  const upstream = await startScriptedUpstream()
  const gateway = await startGateway({
    dataDir,
    upstreamBaseUrl: upstream.demo.baseUrl,
    settings: { drainSecondsMax, multiplierPpm },
  })
  const agent = new Agent({ keepAlive: true })
  const models = new Map<string, Rates>()
  for (let number = 1; number <= count; number += 1) {
    // Three of ten are about images and sound.
    const media = MEDIA_DIALECTS[number % 10]
    if (media) models.set(`${media}-${number}`, planMediaRates(seeded, media))
    else models.set(`model-${number}`, planRates(seeded))
  }
  for (const [model, rates] of models) await accepted(gateway, 'prices.upsert', { model, ...rates })
  const members: Member[] = []
  const asked = new Map<string, { asking: Asking; seen: Seen }>()

  const world: World = {
    gateway,
    upstream,
    members,
    models,
    multiplierPpm,
    asked,
    async createMember(balanceNanoUsd, keys, isRich) {
      const person = await gateway.createPerson(balanceNanoUsd)
      const made = [{ keyId: person.keyId, secret: person.key }]
      while (made.length < keys) {
        const input = { userId: person.id, name: `key ${made.length + 1}` }
        const key = await accepted<{ id: string; secret: string }>(gateway, 'keys.create', input)
        made.push({ keyId: key.id, secret: key.secret })
      }
      const member = { userId: person.id, isRich, keys: made, changedNanoUsd: balanceNanoUsd }
      members.push(member)
      return member
    },
    async ask(asking) {
      const apiKey = members[asking.person]?.keys[asking.key]?.secret ?? ''
      upstream.expect(asking)
      const arrived = upstream.arrived(asking.id)
      const seen = await send(asking, { url: gateway.url, apiKey, agent, arrived })
      asked.set(asking.id, { asking, seen })
      return seen
    },
    async changeBalance(member, amountNanoUsd) {
      const input = { userId: member.userId, amountNanoUsd }
      const answer = await gateway.admin('users.adjustBalance', input)
      if (answer.ok) member.changedNanoUsd += amountNanoUsd
      return answer.ok
    },
    async settled() {
      const deadline = performance.now() + SETTLED_MS_MAX
      for (const { userId } of members) {
        while ((await heldBy(gateway, userId)) > 0) {
          if (performance.now() > deadline) throw new Error(`user ${userId} still has an open hold`)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    },
    problems: () => problemsOf(world, dataDir),
    async stop() {
      agent.destroy()
      await gateway.stop()
      await upstream.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  return world
}

async function heldBy(gateway: RunningGateway, userId: string): Promise<number> {
  const { openHoldsNanoUsd } = await accepted<{ openHoldsNanoUsd: number }>(gateway, 'users.get', { userId })
  return openHoldsNanoUsd
}

async function problemsOf(world: World, dataDir: string): Promise<readonly string[]> {
  const books = await auditBooks(join(dataDir, 'gateway.db'))
  const problems = [...books.problems, ...checkAskings(world, books)]
  for (const { userId, changedNanoUsd } of world.members) {
    const charged = [...books.charges.values()]
      .filter((charge) => charge.userId === userId)
      .reduce((sum, charge) => sum + charge.amountNanoUsd, 0)
    const stored = books.balances.get(userId)?.balanceNanoUsd
    const input = { userId }
    const shown = await accepted<{ balanceNanoUsd: number; openHoldsNanoUsd: number }>(
      world.gateway,
      'users.get',
      input,
    )
    const wanted = changedNanoUsd - charged
    if (stored !== wanted || shown.balanceNanoUsd !== wanted)
      problems.push(`${userId}: stored ${stored}, shown ${shown.balanceNanoUsd}, by hand ${wanted}`)
    if (shown.openHoldsNanoUsd !== 0) problems.push(`${userId}: ${shown.openHoldsNanoUsd} is still held`)
  }
  problems.push(...world.upstream.strangers.map((stranger) => `nobody asked for ${stranger}`))
  return problems
}

async function accepted<T>(gateway: RunningGateway, name: string, input: unknown): Promise<T> {
  const answer = await gateway.admin<T>(name, input)
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`)
  return answer.data
}

const DOLLAR = 1_000_000_000

/** Prices with and without cache rates, searches and a long tier; odd figures, so that every charge has to be rounded. */
function planRates(seeded: Seeded): Rates {
  const input = seeded.int(1, 5 * DOLLAR)
  const maybe = <T>(likelihood: number, value: T) => (seeded.percent(likelihood) ? value : null)
  const long = seeded.percent(40)
  return {
    inputNanoUsdPerMTok: input,
    cachedInputNanoUsdPerMTok: maybe(70, Math.floor(input / 10)),
    cacheWriteNanoUsdPerMTok: maybe(70, Math.floor(input * 1.25)),
    outputNanoUsdPerMTok: seeded.int(0, 20 * DOLLAR),
    webSearchNanoUsdPerCall: DOLLAR / 100 + seeded.int(0, 9),
    contextWindowTokens: seeded.percent(20) ? seeded.int(500, 3_000) : 128_000,
    maxOutputTokens: seeded.int(500, 8_192),
    ...(long
      ? {
          longContextAboveTokens: seeded.int(10, 2_000),
          longInputNanoUsdPerMTok: input * 2 + 1,
          longCachedInputNanoUsdPerMTok: maybe(50, Math.floor(input / 5)),
          longCacheWriteNanoUsdPerMTok: maybe(50, input * 3),
          longOutputNanoUsdPerMTok: seeded.int(1, 30 * DOLLAR),
        }
      : {}),
  }
}
