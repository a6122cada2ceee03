// Which lines of a small text go and which come, in the order in which they stand.

export interface DifferentLine {
  readonly change: 'same' | 'gone' | 'new'
  readonly text: string
}

/** By the longest common subsequence. Null stands for a file that is not there. */
export function lineDifference(before: string | null, after: string): readonly DifferentLine[] {
  const old = before === null ? [] : linesOf(before)
  const next = linesOf(after)
  const common = commonLengths(old, next)
  const lines: DifferentLine[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < next.length) {
    const from = old[i]
    const to = next[j]
    if (from !== undefined && from === to) {
      lines.push({ change: 'same', text: from })
      i += 1
      j += 1
    } else if (from !== undefined && (to === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ change: 'gone', text: from })
      i += 1
    } else {
      lines.push({ change: 'new', text: to ?? '' })
      j += 1
    }
  }
  return lines
}

const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n')
const at = (table: readonly (readonly number[])[], i: number, j: number): number => table[i]?.[j] ?? 0

/** Of what follows each pair of lines. */
function commonLengths(old: readonly string[], next: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(next.length + 1).fill(0))
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = next.length - 1; j >= 0; j -= 1) {
      const row = table[i]
      if (row === undefined) continue
      row[j] =
        old[i] === next[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1))
    }
  return table
}
