// Turns what was recorded into tables, for the terminal and for docs/performance.md. Between its two marks that page belongs
// to this file; everything around them is written by people.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { isPinned } from './child.ts'
import { marksOf } from './marks.ts'
import type { Recorded } from './record.ts'

const BEGIN = '<!-- measured: begin -->'
const END = '<!-- measured: end -->'

/** What a figure is called in a table, and with how many digits it is shown. */
const COLUMNS: Readonly<Record<string, { readonly head: string; readonly digits: number }>> = {
  rps: { head: 'requests/s', digits: 0 },
  p50: { head: 'p50 µs', digits: 0 },
  p99: { head: 'p99 µs', digits: 0 },
  cpuUs: { head: 'CPU µs each', digits: 1 },
  loadCpu: { head: 'load’s core', digits: 2 },
  chunksPerSecond: { head: 'chunks/s', digits: 0 },
  delayP50: { head: 'chunk delay p50 µs', digits: 0 },
  delayP99: { head: 'p99 µs', digits: 0 },
  firstByteP50: { head: 'first byte p50 µs', digits: 0 },
  firstByteP99: { head: 'p99 µs', digits: 0 },
  idleMb: { head: 'idle MB', digits: 0 },
  withStreamsMb: { head: 'with 500 streams MB', digits: 0 },
  moreMb: { head: 'more MB', digits: 0 },
  readyMs: { head: 'ready ms', digits: 0 },
}

export function tables(recorded: Recorded): string {
  const sections = recorded.measures.map((measure) => `### ${measure}\n\n${tableOf(recorded, measure)}`)
  return sections.join('\n\n')
}

function tableOf(recorded: Recorded, measure: string): string {
  const figures = recorded.figuresOf(measure)
  const [first = ''] = figures
  const head = ['', ...figures.map((figure) => COLUMNS[figure]?.head ?? figure), 'to e']
  const rows = recorded
    .targetsOf(measure)
    .map((target) => [
      target,
      ...figures.map((figure) =>
        shown(recorded.median(measure, figure, target), COLUMNS[figure]?.digits ?? 1),
      ),
      shown(recorded.ratio(measure, first, target, 'e'), 2),
    ])
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = line(head.map((_, index) => (index === 0 ? '---' : '---:')))
  return [line(head), rule, ...rows.map(line)].join('\n')
}

export function markTable(recorded: Recorded): string {
  const rows = marksOf(recorded).map(
    ({ name, wanted, shown: value, isMet }) =>
      `| ${name} | ${wanted} | ${value} | ${isMet ? 'met' : '**missed**'} |`,
  )
  return ['| Mark | Wanted | Measured | |', '|---|---:|---:|---|', ...rows].join('\n')
}

const shown = (value: number, digits: number): string =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })
    : '–'

export function describeMachine(rounds: number, at: Date): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memoryGib = Math.round(totalmem() / 2 ** 30)
  const pinned = isPinned
    ? 'each pinned to a core of its own'
    : 'not pinned, because the system has no taskset'
  return (
    `Measured on ${at.toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${model}, ${memoryGib} GiB, ` +
    `${process.platform}; target and load ${pinned}; medians of ${rounds} interleaved rounds.`
  )
}

/** Writes the measured part of the page; throws where the page has lost its marks. */
export function writeReport(path: string, text: string): void {
  const page = readFileSync(path, 'utf8')
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`${path} has lost its marks ${BEGIN} and ${END}`)
  writeFileSync(path, `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`)
}
