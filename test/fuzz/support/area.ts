// What every area of the fuzzing has in common: cases that follow from a seed, a look at what comes back, and, where
// something is wrong, the smallest part of the case in which it still is.
import type { Seeded } from '../../faults/support/seeded.ts'

export interface FuzzArea {
  readonly name: string
  /** Tries so many cases, and resolves with what is wrong, in words that carry what was sent. */
  run(options: FuzzRun): Promise<readonly string[]>
}

export interface FuzzRun {
  readonly seed: number
  readonly cases: number
}

/** A case in parts, so that parts can be left out of it. */
export interface Case<Part> {
  readonly parts: readonly Part[]
  /** Resolves with what is wrong with the answer, undefined where nothing is. */
  readonly look: (parts: readonly Part[]) => Promise<string | undefined>
}

/** Longer than anything takes that is not forgotten. */
export const ANSWER_MS_MAX = 20_000

const AT_ONCE = 8
const SHRINK_TRIES_MAX = 80
const SHOWN_CHARS_MAX = 2_000

export async function runCases<Part>(
  area: string,
  { seed, cases }: FuzzRun,
  caseOf: (number: number) => Case<Part>,
  shown: (parts: readonly Part[]) => string,
): Promise<readonly string[]> {
  const problems: string[] = []
  let next = 0
  async function work(): Promise<void> {
    while (next < cases && problems.length === 0) {
      const number = next
      next += 1
      const { parts, look } = caseOf(number)
      const wrong = await looked(look, parts)
      if (wrong === undefined) continue
      const { least, problem } = await shrunk(parts, look, wrong)
      const sent = shown(least).slice(0, SHOWN_CHARS_MAX)
      problems.push(`${area}, seed ${seed}, case ${number}: ${problem}\n      sent: ${sent}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return problems
}

const looked = <Part>(look: Case<Part>['look'], parts: readonly Part[]): Promise<string | undefined> =>
  look(parts).catch((error: unknown) => `no answer: ${describe(error)}`)

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message} (${describe(error.cause)})`
}

/** Leaves out ever smaller runs of parts for as long as something stays wrong. */
async function shrunk<Part>(
  parts: readonly Part[],
  look: Case<Part>['look'],
  wrong: string,
): Promise<{ readonly least: readonly Part[]; readonly problem: string }> {
  let least = parts
  let problem = wrong
  let tries = 0
  for (let run = parts.length >> 1; run >= 1; run >>= 1) {
    for (let at = 0; at + run <= least.length && tries < SHRINK_TRIES_MAX; tries += 1) {
      const without = [...least.slice(0, at), ...least.slice(at + run)]
      const still = await looked(look, without)
      if (still === undefined) {
        at += run
        continue
      }
      least = without
      problem = still
    }
  }
  return { least, problem }
}

/** The generator of one case: the same whichever cases were faster before it. */
export const seedOf = (seed: number, number: number): number =>
  (Math.imul(number + 1, 0x9e3779b1) ^ seed) >>> 0

/** So many of what `make` makes. */
export const several = <T>(seeded: Seeded, min: number, max: number, make: () => T): T[] =>
  Array.from({ length: seeded.int(min, max) }, make)
