// All areas of the fuzzing: once with a fixed number of cases, or again and again with ever new ones.
import { bodies } from './areas/bodies.ts'
import { forms } from './areas/forms.ts'
import { frames } from './areas/frames.ts'
import { operations } from './areas/operations.ts'
import { requests } from './areas/requests.ts'
import { streams } from './areas/streams.ts'
import type { FuzzArea } from './support/area.ts'

export const AREAS: readonly FuzzArea[] = [bodies, forms, requests, streams, frames, operations]

export interface OpenFuzz {
  readonly seed: number
  readonly isOver: () => boolean
  readonly onProgress: (cases: number) => void
}

const CASES_OF_A_ROUND = 1_000

/** Goes on until it is over or something is wrong; whole rounds, because the reckoning stands at their end. */
export async function runOpenFuzz({ seed, isOver, onProgress }: OpenFuzz) {
  const problems: string[] = []
  let cases = 0
  for (let round = 0; !isOver() && problems.length === 0; round += 1) {
    for (const area of AREAS) {
      problems.push(...(await area.run({ seed: (seed + round) >>> 0, cases: CASES_OF_A_ROUND })))
      cases += CASES_OF_A_ROUND
      onProgress(cases)
    }
  }
  return { cases, problems }
}
