// What the writer alone costs for each request, a hold and a settlement, in groups of one, sixteen and sixty-four requests:
// the processor time of what writes them into the tables at once (`journal`), of what folds them, two thousand commands at a time
// (`fold`), and that of everything with the redo log and the thread of the tables (`thread`). Medians of several rounds, which
// take turns.
//
//   node test/bench/measure-writer.ts [--people N] [--requests N] [--rounds N] [--folder D] [--only LABEL]
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { createJournal } from '../../server/db/journal.ts'
import { openRaw } from '../../server/db/open-raw.ts'
import { pack } from '../../server/db/packed-commands.ts'
import { RecordContents } from '../../server/db/record-content.ts'
import { halfOf, newRedoMemory } from '../../server/db/redo-disk.ts'
import { putRecord, saltOf } from '../../server/db/redo-log.ts'
import { replayRedoLog } from '../../server/db/redo-replay.ts'
import { createTableWriter } from '../../server/db/table-writer.ts'
import { createThreadedWriter } from '../../server/db/write.ts'
import type { SettleCommand, WriteCommand } from '../../server/db/write-command.ts'
import { writeGroup } from '../../server/db/write-group.ts'
import { createMadeUpRequests } from './made-up-requests.ts'

const { values: flags } = parseArgs({
  options: {
    people: { type: 'string', default: '1000' },
    requests: { type: 'string', default: '6000' },
    rounds: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() },
    only: { type: 'string', default: '' },
  },
})
const SIZES = [1, 16, 64]
const COMMANDS_PER_FOLD = 2_000

const made = createMadeUpRequests(flags.folder, Number(flags.people))
/** With a database of its own, because each has one log. */
const madeForThread = createMadeUpRequests(flags.folder, Number(flags.people))
const journal = createJournal(made.db.raw)
const threaded = createThreadedWriter(madeForThread.db, {
  onError: ({ error }) => {
    throw error
  },
})

/** A writer of its own for each run, because each knows which holds it has opened. */
function runFold(groups: readonly WriteCommand[][], count: number): Cost {
  const raw = openRaw(made.db.path)
  replayRedoLog(raw)
  const memory = newRedoMemory()
  const writer = createTableWriter(raw, {
    memory,
    onRefused: ({ error }) => {
      throw error
    },
  })
  const { id, lastSeq } = writer.makeLog()
  const half = halfOf(memory, 0, 0)
  const contents = new RecordContents()
  const records = groups.map((group) => Buffer.from(contents.of(group.map(pack)) ?? []))
  const cpu = process.threadCpuUsage()
  const started = performance.now()
  let bytes = 0
  let commands = 0
  records.forEach((content, n) => {
    bytes += putRecord(half, bytes, { seq: lastSeq + n + 1, content }, saltOf(id))
    commands += groups[n]?.length ?? 0
    if (commands < COMMANDS_PER_FOLD && n < records.length - 1) return
    writer.fold({ from: 0, bytes, lastSeq: lastSeq + n + 1 })
    bytes = 0
    commands = 0
  })
  const wall = performance.now() - started
  const { user, system } = process.threadCpuUsage(cpu)
  writer.closeLog()
  raw.close()
  return { cpu: (user + system) / count, wall: (wall * 1_000) / count }
}

interface Cost {
  readonly cpu: number
  readonly wall: number
}

/** The settlements of each group are those of the holds before it, as under a steady load. */
function groupsOf(source: typeof made, size: number, count: number): WriteCommand[][] {
  const groups: WriteCommand[][] = []
  let before: SettleCommand[] = []
  for (let n = 0; n < count; n += size) {
    const requests = Array.from({ length: size }, () => source.request())
    const holds = requests.map(({ hold }) => hold)
    if (size === 1) groups.push(before, holds)
    else groups.push([...before, ...holds])
    before = requests.map(({ settle }) => settle)
  }
  return [...groups, before].filter((group) => group.length > 0)
}

function runJournal(groups: readonly WriteCommand[][], count: number): Cost {
  const cpu = process.threadCpuUsage()
  const started = performance.now()
  for (const group of groups) {
    const outcome = writeGroup(journal, group.map(pack))
    if (outcome.kind !== 'written' || outcome.refused.size > 0) throw new Error('A group was not written.')
  }
  const wall = performance.now() - started
  const { user, system } = process.threadCpuUsage(cpu)
  return { cpu: (user + system) / count, wall: (wall * 1_000) / count }
}

async function runThread(groups: readonly WriteCommand[][], count: number): Promise<Cost> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  for (const group of groups) await Promise.all(group.map((command) => threaded.submit(command)))
  await threaded.flush()
  const wall = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / count, wall: (wall * 1_000) / count }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN

const costs = new Map<string, Cost[]>()
for (let round = -1; round < Number(flags.rounds); round += 1) {
  for (const [name, run] of Object.entries({ journal: runJournal, fold: runFold, thread: runThread })) {
    for (const size of SIZES) {
      const label = `${name} ${size}`
      if (!label.includes(flags.only)) continue
      const count = size === 1 ? Number(flags.requests) / 4 : Number(flags.requests)
      const groups = groupsOf(name === 'thread' ? madeForThread : made, size, count)
      globalThis.gc?.()
      const cost = await run(groups, count)
      if (round >= 0) costs.set(label, [...(costs.get(label) ?? []), cost])
    }
  }
}
for (const [label, all] of costs) {
  const figure = (of: (cost: Cost) => number) => median(all.map(of)).toFixed(1).padStart(7)
  const least = Math.min(...all.map(({ cpu }) => cpu)).toFixed(1)
  process.stdout.write(
    `${label.padEnd(12)} CPU ${figure(({ cpu }) => cpu)} µs (least ${least})  wall ${figure(({ wall }) => wall)} µs\n`,
  )
}
await threaded.stop()
made.remove()
madeForThread.remove()
