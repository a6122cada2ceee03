// By what a list is sorted: pressed at the head of a column, then done by the server, or here where the whole list is here.
import { useState } from 'react'

export interface Sorting {
  readonly by: string
  readonly isDescending: boolean
}

/** What the head of a table shows, and what a press on it does. */
export interface TableSorting {
  readonly sorting: Sorting
  readonly onSort: (sorting: Sorting) => void
}

/** The two members that a sorted list of the contract takes. */
export interface SortChoice<Name extends string> {
  readonly sort: Name
  readonly direction: 'asc' | 'desc'
}

/** Between the columns of a table and a choice that is kept elsewhere, such as in the address. */
export const tableSorting = <Name extends string>(
  names: readonly Name[],
  { sort, direction }: SortChoice<Name>,
  onChoice: (choice: SortChoice<Name>) => void,
): TableSorting => ({
  sorting: { by: sort, isDescending: direction === 'desc' },
  onSort: ({ by, isDescending }) => {
    const name = names.find((each) => each === by)
    if (name !== undefined) onChoice({ sort: name, direction: isDescending ? 'desc' : 'asc' })
  },
})

/** A choice that is forgotten with the screen, for a list that is one of several on it. The first name leads. */
export function useSortChoice<const Names extends readonly [string, ...string[]]>(
  names: Names,
  direction: 'asc' | 'desc' = 'desc',
): { readonly choice: SortChoice<Names[number]>; readonly table: TableSorting } {
  const [choice, setChoice] = useState<SortChoice<Names[number]>>({ sort: names[0], direction })
  return { choice, table: tableSorting<Names[number]>(names, choice, setChoice) }
}

/** What a row is compared by; without a value it comes last, either way. */
export type SortValue = string | number | null | undefined

/** All rows of a list, sorted here; `undefined` keeps the order in which they came. */
export function useSortedRows<Row>(
  rows: readonly Row[],
  keys: Readonly<Record<string, (row: Row) => SortValue>>,
  initial?: Sorting,
): { readonly rows: readonly Row[]; readonly table: Partial<TableSorting> } {
  const [sorting, onSort] = useState(initial)
  return {
    rows: sorting === undefined ? rows : sortRows(rows, keys[sorting.by], sorting.isDescending),
    table: { onSort, ...(sorting === undefined ? {} : { sorting }) },
  }
}

export function sortRows<Row>(
  rows: readonly Row[],
  keyOf: ((row: Row) => SortValue) | undefined,
  isDescending: boolean,
): readonly Row[] {
  if (keyOf === undefined) return rows
  const hasKey = (row: Row) => (keyOf(row) ?? undefined) !== undefined
  const sorted = rows.filter(hasKey).sort((one, other) => compare(keyOf(one), keyOf(other)))
  return [...(isDescending ? sorted.reverse() : sorted), ...rows.filter((row) => !hasKey(row))]
}

function compare(one: SortValue, other: SortValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one).localeCompare(String(other), 'en', { numeric: true })
}
