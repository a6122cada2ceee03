// `npm run bench [-- --rounds N] [--seconds S] [--only TEXT] [--write]`: measures all targets side by side, prints the
// tables and the marks, and with --write puts them into docs/performance.md. Ends with 1 where a mark is missed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fillDataDir } from './full-tables.ts'
import { marksOf } from './marks.ts'
import { type BenchScale, type Measure, measures, memoryUnderSlowStreams } from './measures.ts'
import { Recorded } from './record.ts'
import { describeMachine, markTable, tables, writeReport } from './report.ts'
import {
  directTarget,
  hasNginx,
  startBareProxy,
  startGateway,
  startNginx,
  startPortkey,
  startUpstream,
  type Target,
} from './targets.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const START_ROUNDS = 5

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
const scale: BenchScale = { rounds: Number(values.rounds), seconds: Number(values.seconds) }
const isWanted = (name: string) => name.includes(values.only)
const say = (line: string) => void process.stderr.write(`${line}\n`)

const recorded = new Recorded()
const upstream = await startUpstream()
try {
  await measureSideBySide(upstream.port)
  if (isWanted('memory')) await measureMemory(upstream.port)
  if (isWanted('start-up') || isWanted('flat')) await measureFullTables(upstream.port)
} finally {
  await upstream.stop()
}

const text = [
  describeMachine(scale.rounds, new Date()),
  `## Marks\n\n${markTable(recorded)}`,
  `## Tables\n\n${tables(recorded)}`,
].join('\n\n')
process.stdout.write(`${text}\n`)
if (values.write) writeReport(join(ROOT, 'docs', 'performance.md'), text)
const missed = marksOf(recorded).filter((mark) => !mark.isMet)
process.exitCode = missed.length === 0 ? 0 : 1

async function measureSideBySide(upstreamPort: number): Promise<void> {
  const wanted = measures(scale).filter(({ name }) => isWanted(name))
  if (wanted.length === 0) return
  if (!hasNginx) say('nginx is not installed, so it is not measured: apt-get install nginx-light')
  const targets = [
    directTarget(upstreamPort),
    ...(hasNginx ? [await startNginx(upstreamPort)] : []),
    await startBareProxy(upstreamPort),
    await startPortkey(upstreamPort),
    await startGateway({ name: 'gateway', upstreamPort }),
    await startGateway({ name: 'gateway-normal', upstreamPort }),
  ]
  try {
    for (const measure of wanted) await runRounds(measure, targets)
  } finally {
    await Promise.all(targets.map((target) => target.stop()))
  }
}

/** Each round asks every target once, in an order that turns, so that none is always behind the same one. */
async function runRounds(measure: Measure, all: readonly Target[]): Promise<void> {
  const targets = all.filter(({ name }) => measure.targets.includes(name))
  for (let round = 0; round < measure.rounds; round += 1) {
    const turned = [...targets.slice(round % targets.length), ...targets.slice(0, round % targets.length)]
    for (const target of turned) recorded.add(measure.name, round, target.name, await measure.run(target))
  }
  say(`${measure.name}: done`)
}

/** Fresh processes, because memory that a burst has taken is not given back. */
async function measureMemory(upstreamPort: number): Promise<void> {
  const starts = [() => startBareProxy(upstreamPort), () => startGateway({ name: 'gateway', upstreamPort })]
  for (let round = 0; round < 2; round += 1) {
    for (const start of starts) {
      const target = await start()
      recorded.add('memory', round, target.name, await memoryUnderSlowStreams(target))
      await target.stop()
    }
  }
  say('memory: done')
}

async function measureFullTables(upstreamPort: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-filled-'))
  try {
    if (isWanted('start-up')) {
      const small = join(folder, 'small')
      await fillDataDir(small, { users: 2_000, keys: 10_000, rows: 10_000 })
      for (let round = 0; round < START_ROUNDS; round += 1) {
        const started = await startGateway({ name: 'gateway', upstreamPort, dataDir: small })
        recorded.add('start-up, 10,000 keys', round, 'gateway', { readyMs: started.readyMs })
        await started.stop()
      }
      say('start-up: done')
    }
    if (isWanted('flat')) {
      const large = join(folder, 'large')
      await fillDataDir(large, { users: 20_000, keys: 100_000, rows: 1_000_000 })
      await measureFlat(upstreamPort, large)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureFlat(upstreamPort: number, dataDir: string): Promise<void> {
  const order = measures(scale).find(({ name }) => name === '1kb, 50 connections')
  if (!order) throw new Error('the measure that "flat" repeats is gone')
  const targets = [
    await startGateway({ name: 'gateway', upstreamPort }),
    await startGateway({ name: 'gateway-full-tables', upstreamPort, dataDir }),
  ]
  try {
    const names = targets.map(({ name }) => name)
    await runRounds({ ...order, name: 'flat', targets: names }, targets)
  } finally {
    await Promise.all(targets.map((target) => target.stop()))
  }
}
