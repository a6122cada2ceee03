// The fuzzing at a fixed seed, so that it says the same today and tomorrow. `npm run torture` goes on from here, without an
// end. What is wrong is told with its seed and the least of the input that is still wrong.
import { expect, test } from 'vitest'
import { AREAS } from './run-fuzz.ts'

const SEED = Number(process.env.FUZZ_SEED ?? 20_261_126)
const CASES = Number(process.env.FUZZ_CASES ?? 250)

test.each(AREAS)(
  `$name: ${CASES} cases are answered rightly or refused in good form, and nothing is charged, sent or broken by them`,
  async (area) => {
    expect(await area.run({ seed: SEED, cases: CASES })).toEqual([])
  },
  120_000,
)
