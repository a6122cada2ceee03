// `npm run torture [-- --kills N] [--requests N] [--fuzz-minutes M] [--seed S]`: kills a gateway again and again under load,
// lets thousands of requests end in every way there is, and sends what nobody would send on purpose. 0 leaves a part out.
// Says what it does on stderr and how it ended on stdout; ends with 1 where anything is wrong.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { runKillRounds } from '../faults/support/kill-rounds.ts'
import { runMixedEndings } from '../faults/support/mixed-endings.ts'
import { runOpenFuzz } from '../fuzz/run-fuzz.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    requests: { type: 'string', default: '10000' },
    'fuzz-minutes': { type: 'string', default: '10' },
    seed: { type: 'string' },
  },
})

interface Part {
  readonly name: string
  readonly amount: number
  /** Resolves with what was done, in words, and with what is wrong. */
  readonly run: (amount: number) => Promise<{ readonly done: string; readonly problems: readonly string[] }>
}

const seed = values.seed === undefined ? randomInt(2 ** 31) : amountOf('seed', values.seed)
const say = (line: string) => void process.stderr.write(`[torture] ${line}\n`)
const every =
  (step: number, what: string) =>
  (done: number): void => {
    if (done % step === 0) say(`${done} ${what}`)
  }

/** Stalled requests take all of it, and of thousands at once on a busy machine no other one may. */
const DRAIN_SECONDS_MAX = 10

const PARTS: readonly Part[] = [
  {
    name: 'kills',
    amount: amountOf('kills', values.kills),
    async run(rounds) {
      const { problems, ...outcome } = await runKillRounds({ seed, rounds, onProgress: every(10, 'kills') })
      const done = `${outcome.rounds} kills, ${outcome.answersSeen} answers seen whole, ${outcome.charges} charges (${outcome.planCharges} paid by a plan), ${outcome.losses} possible losses listed`
      return { done, problems }
    },
  },
  {
    name: 'mixed endings',
    amount: amountOf('requests', values.requests),
    async run(requests) {
      const onProgress = every(500, 'requests')
      const load = { seed, requests, onProgress, drainSecondsMax: DRAIN_SECONDS_MAX }
      const { problems, ...outcome } = await runMixedEndings(load)
      const endings = Object.entries(outcome.endings)
        .sort(([, a], [, b]) => b - a)
        .map(([ending, count]) => `${ending}: ${count}`)
      return { done: `${outcome.requests} requests (${endings.join(', ')})`, problems }
    },
  },
  {
    name: 'fuzzing',
    amount: amountOf('fuzz-minutes', values['fuzz-minutes']),
    async run(minutes) {
      const endsAt = performance.now() + minutes * 60_000
      const isOver = () => performance.now() >= endsAt
      const { cases, problems } = await runOpenFuzz({ seed, isOver, onProgress: every(4_000, 'cases') })
      return { done: `${cases} cases`, problems }
    },
  },
]

say(`seed ${seed}`)
const summary: string[] = []
let isWhole = true
for (const { name, amount, run } of PARTS) {
  if (amount === 0) continue
  const startedAt = performance.now()
  say(`${name} …`)
  const { done, problems } = await run(amount).catch((error: unknown) => ({
    done: 'broken off',
    problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  }))
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  isWhole &&= problems.length === 0
  summary.push(`${problems.length === 0 ? '✓' : '✗'} ${name}: ${done}, in ${seconds} s`)
  summary.push(...problems.map((problem) => `    ${problem}`))
}
process.stdout.write(`seed ${seed}\n${summary.join('\n')}\n`)
process.exitCode = isWhole ? 0 : 1

function amountOf(flag: string, text: string): number {
  const amount = Number(text)
  if (text === '' || !(amount >= 0) || !Number.isFinite(amount))
    throw new Error(`--${flag} takes a number from 0 on, not "${text}".`)
  return amount
}
