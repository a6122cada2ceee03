// A load of requests that end in every way there is, a few at a time, at a fixed seed; and then the reckoning.
import { planAsking } from './asking.ts'
import { createSeeded, type Seeded } from './seeded.ts'
import { startWorld, type World } from './world.ts'

export interface MixedEndings {
  readonly seed: number
  readonly requests: number
  readonly drainSecondsMax?: number
  readonly onProgress?: (done: number) => void
  readonly isOver?: () => boolean
}

export interface MixedOutcome {
  readonly requests: number
  /** How many ended in which way, by the reason of their row. */
  readonly endings: Readonly<Record<string, number>>
  readonly problems: readonly string[]
}

const PEOPLE = 20
const KEYS = 5
const AT_ONCE = 32
const DOLLAR = 1_000_000_000

export async function runMixedEndings({
  seed,
  requests,
  drainSecondsMax,
  onProgress,
  isOver,
}: MixedEndings): Promise<MixedOutcome> {
  const seeded = createSeeded(seed)
  const models = Math.ceil(requests / (PEOPLE * KEYS))
  const world = await startWorld(seeded, {
    models,
    multiplierPpm: seeded.pick([1_000_000, 1_234_567, 333_333]),
    drainSecondsMax,
  })
  try {
    await populate(world)
    const done = await load(world, seeded, { requests, onProgress, isOver })
    await world.settled()
    return { requests: done, endings: countEndings(world), problems: await world.problems() }
  } finally {
    await world.stop()
  }
}

/** Twelve who can pay for everything, four who can pay for some of it, four with next to nothing. */
async function populate(world: World): Promise<void> {
  for (let number = 0; number < PEOPLE; number += 1) {
    if (number < 12) await world.createMember(10_000 * DOLLAR, KEYS, true)
    else if (number < 16) await world.createMember(DOLLAR / 5, KEYS, false)
    else await world.createMember(number % 2 === 0 ? 0 : DOLLAR / 100, KEYS, false)
  }
}

interface Run {
  readonly requests: number
  readonly onProgress: MixedEndings['onProgress']
  readonly isOver: MixedEndings['isOver']
}

/** Each of the people's keys asks for each of the models once, in no particular order. */
async function load(world: World, seeded: Seeded, { requests, onProgress, isOver }: Run): Promise<number> {
  const names = [...world.models.keys()]
  const order = shuffled(
    seeded,
    Array.from({ length: names.length * PEOPLE * KEYS }, (_, at) => at),
  )
  let next = 0
  async function work(): Promise<void> {
    for (;;) {
      const place = order[next]
      if (place === undefined || next >= requests || isOver?.()) return
      next += 1
      const number = next
      const model = names[Math.floor(place / (PEOPLE * KEYS))] ?? ''
      const person = place % PEOPLE
      const key = Math.floor(place / PEOPLE) % KEYS
      // Planned from a number of its own, so that it is the same request whoever was faster before it.
      const own = createSeeded((seeded_of(number) ^ place) >>> 0)
      await world.ask(planAsking(own, { id: `ask-${number}`, person, key, model }))
      if (own.percent(2)) await changeSomeBalance(world, own)
      if (number % 500 === 0) onProgress?.(number)
    }
  }
  const base = seeded.int(0, 2 ** 30)
  const seeded_of = (number: number) => Math.imul(number, 0x9e3779b1) + base
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return next
}

async function changeSomeBalance(world: World, seeded: Seeded): Promise<void> {
  const poor = world.members.filter(({ isRich }) => !isRich)
  await world.changeBalance(seeded.pick(poor), seeded.int(-DOLLAR / 100, DOLLAR / 20) || 1)
}

function shuffled<T>(seeded: Seeded, items: T[]): T[] {
  const left = [...items]
  return items.map(() => left.splice(seeded.int(0, left.length - 1), 1)[0] as T)
}

function countEndings(world: World): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { asking, seen } of world.asked.values()) {
    const name = seen.hasLeft ? `left ${asking.leaving.when}` : `saw ${seen.status ?? 'nothing'}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
