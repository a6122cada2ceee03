// A gateway that is killed without warning, again and again, under load and while it starts.
import { expect, test } from 'vitest'
import { runKillRounds } from './support/kill-rounds.ts'

const ROUNDS = Number(process.env.KILLS ?? 20)

test(`${ROUNDS} kills at random moments lose no charge, charge nothing twice, and leave no hold and no damage behind`, async () => {
  const outcome = await runKillRounds({ seed: 7, rounds: ROUNDS })
  if (process.env.KILLS) console.log({ ...outcome, problems: outcome.problems.length })
  expect(outcome.problems).toEqual([])
  expect(outcome.rounds).toBe(ROUNDS)
  // Otherwise nothing was tried: there were answers, charges, and requests in the middle of which it died.
  expect(outcome.answersSeen).toBeGreaterThan(ROUNDS)
  expect(outcome.charges).toBeGreaterThan(ROUNDS)
  expect(outcome.planCharges).toBeGreaterThan(0)
  expect(outcome.losses).toBeGreaterThan(0)
  expect(outcome.sweptForms).toBeGreaterThan(0)
}, 240_000)
