// A list of rows: text left, numbers right, sorted and paged by the server, walked with J and K, opened with Enter.
import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef } from 'react'
import type { Paged } from '../client/hooks.ts'
import { IconButton } from './icon-button.tsx'
import { useKitWords } from './kit-words.ts'
import type { Sorting, TableSorting } from './sorting.ts'

export interface Column<Row> {
  readonly name: string
  readonly head: string
  readonly isNumber?: boolean
  /** The name by which the list sorts; without it the head is plain. */
  readonly sort?: string
  /** The first press sorts downwards, as numbers do: the newest, the dearest. */
  readonly isTime?: boolean
  readonly cell: (row: Row) => ReactNode
  /** In a table of cards: the line that names the row, a labelled line, the figure or the buttons at the right, or nothing. */
  readonly inCard?: 'lead' | 'labelled' | 'aside' | 'actions' | 'hidden'
  /** Left out, as where a drawer repeats it. */
  readonly isHidden?: boolean
  /** Left out where the table is narrower than this. */
  readonly room?: 'least' | 'little' | 'some' | 'much' | 'all' | 'ample'
  /** Holds text whose length somebody else chose: it takes of the spare width, and is cut only where there is none. */
  readonly cuts?: 'who' | 'literal' | 'note'
}

interface TableProps<Row> extends Partial<TableSorting> {
  /** Names the table for those who do not see it. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly openKey?: string | undefined
  /** Given: a row opens by press and by Enter. */
  readonly onOpen?: (row: Row) => void
  /** Rows become cards on a phone. */
  readonly hasCards?: boolean
}

export function Table<Row>(props: TableProps<Row>) {
  const { label, rows, keyOf, openKey, onOpen, hasCards = false } = props
  const columns = props.columns.filter((column) => !column.isHidden)
  const body = useRef<HTMLTableSectionElement>(null)
  const onKey = (event: KeyboardEvent<HTMLTableRowElement>, row: Row) => {
    if (event.target !== event.currentTarget) return
    const step = STEPS[event.key]
    if (step !== undefined) {
      event.preventDefault()
      stepTo(body.current, event.currentTarget, step)
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      onOpen?.(row)
    }
  }
  return (
    <div className="tablebox">
      <table className={hasCards ? 'table cardrows' : 'table'} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.name} column={column} table={props} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row, index) => (
            <tr
              key={keyOf(row)}
              {...(onOpen === undefined
                ? {}
                : {
                    className: 'opens',
                    // One stop for the whole list; J and K, or the arrows, go on from there.
                    tabIndex: keyOf(row) === openKey || (openKey === undefined && index === 0) ? 0 : -1,
                    'aria-selected': keyOf(row) === openKey,
                    onKeyDown: (event: KeyboardEvent<HTMLTableRowElement>) => onKey(event, row),
                    onClick: (event: MouseEvent) => !isControl(event.target) && onOpen(row),
                  })}
            >
              {columns.map((column) => (
                <td key={column.name} className={cellClass(column)} data-label={cardLabel(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const STEPS: Readonly<Record<string, 1 | -1>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }

function stepTo(body: HTMLElement | null, from: HTMLElement, step: 1 | -1): void {
  const rows = [...(body?.querySelectorAll<HTMLElement>('tr') ?? [])]
  rows[rows.indexOf(from) + step]?.focus()
}

/**
 * J or K where no row has the focus: to the row beside the one that the focus is in, or into the first table of the page that has
 * rows to open. Answers whether there is one.
 */
export function stepFrom(target: EventTarget | null, step: 1 | -1): boolean {
  const here = target instanceof Element ? target.closest<HTMLElement>('tr.opens') : null
  const row = document.querySelector<HTMLElement>('main tr.opens[tabindex="0"]')
  if (here === null) row?.focus()
  else stepTo(here.parentElement, here, step)
  return row !== null
}

/** The row whose detail is shown beside the list. */
export function focusOpenRow(): void {
  document.querySelector<HTMLElement>('main tr.opens[aria-selected="true"]')?.focus()
}

/** A press on a button inside a row is for the button. */
const isControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('button, a, input, label, [role="menuitem"]') !== null

function cellClass<Row>({ isNumber, inCard, room, cuts }: Column<Row>): string | undefined {
  const names = [
    isNumber ? 'r num' : '',
    inCard === 'labelled' ? '' : (inCard ?? ''),
    roomClass(room),
    cuts === undefined ? '' : `cuts cuts-${cuts}`,
  ]
  return names.filter((name) => name !== '').join(' ') || undefined
}

const roomClass = (room: Column<unknown>['room']): string => (room === undefined ? '' : `room-${room}`)

const cardLabel = <Row,>({ head, inCard }: Column<Row>): string | undefined =>
  inCard === 'labelled' ? head : undefined

function Head<Row>({ column, table }: { readonly column: Column<Row>; readonly table: TableProps<Row> }) {
  const t = useKitWords()
  const { sorting, onSort } = table
  const className = `${column.isNumber ? 'r' : ''} ${roomClass(column.room)}`.trim() || undefined
  const by = column.sort
  if (column.inCard === 'actions') {
    return (
      <th>
        <span className="sr">{column.head}</span>
      </th>
    )
  }
  if (by === undefined || onSort === undefined) return <th className={className}>{column.head}</th>
  const isSorted = sorting?.by === by
  const isDescending = sorting?.isDescending ?? false
  const direction = isDescending ? 'descending' : 'ascending'
  const startsDown = column.isNumber === true || column.isTime === true
  const next: Sorting = { by, isDescending: isSorted ? !isDescending : startsDown }
  const Arrow = isDescending ? ArrowDown : ArrowUp
  return (
    <th className={className} aria-sort={isSorted ? direction : 'none'}>
      <button type="button" aria-label={t('sortBy', { column: column.head })} onClick={() => onSort(next)}>
        {column.head}
        {isSorted ? <Arrow size={12} aria-hidden="true" /> : undefined}
      </button>
    </th>
  )
}

/** Newer and older: a list with a keyset has no page numbers to jump to. */
export function Pager({
  paging,
  total,
}: {
  readonly paging: Paged<unknown>['paging']
  readonly total?: number | undefined
}) {
  const t = useKitWords()
  const { pageIndex, hasOlder, older, newer } = paging
  if (pageIndex === 0 && !hasOlder) return null
  const number = pageIndex + 1
  return (
    <nav className="pager" aria-label={t('page', { number })}>
      <span className="meta num">
        {total === undefined ? t('page', { number }) : t('pageOf', { number, total })}
      </span>
      <span className="row g4">
        <IconButton label={t('newer')} disabled={pageIndex === 0} onClick={newer}>
          <ChevronLeft size={16} />
        </IconButton>
        <IconButton label={t('older')} disabled={!hasOlder} onClick={older}>
          <ChevronRight size={16} />
        </IconButton>
      </span>
    </nav>
  )
}
