// What stands behind the `?` of an address, typed: filters, tabs, the open row. A page can be linked and reloaded as it is.
import { useLocation, useSearch } from 'wouter'

export interface SearchParam<T> {
  /** Never fails: what cannot be read is the default, because anybody can type an address. */
  parse(text: string | undefined): T
  /** `undefined` leaves the member out. */
  print(value: T): string | undefined
}

type Shape = Readonly<Record<string, SearchParam<unknown>>>
type ValuesOf<S> = { readonly [Name in keyof S]: S[Name] extends SearchParam<infer T> ? T : never }

const TEXT_CHARS_MAX = 300

export const textParam: SearchParam<string> = {
  parse: (text) => (text ?? '').slice(0, TEXT_CHARS_MAX),
  print: (value) => value || undefined,
}

/** One of a few words, or none of them. */
export const choiceParam = <const T extends string>(options: readonly T[]): SearchParam<T | undefined> => ({
  parse: (text) => options.find((option) => option === text),
  print: (value) => value,
})

/** A whole number from 0 on, such as unix milliseconds. */
export const numberParam: SearchParam<number | undefined> = {
  parse: (text) => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined),
  print: (value) => (value === undefined ? undefined : String(value)),
}

/** By what a list is sorted, and which way. */
export const sortParams = <const T extends string>(names: readonly T[]) => ({
  sort: choiceParam(names),
  direction: choiceParam(['asc', 'desc']),
})

export const flagParam: SearchParam<boolean> = {
  parse: (text) => text === '1',
  print: (value) => (value ? '1' : undefined),
}

/**
 * How a change stands in the history. Without it, as for filters, it takes the place of what stood in the address. `step: 'in'` opens
 * something that Back closes, such as a drawer, which is the whole screen on a phone; `step: 'out'` closes it, and leaves the history
 * as if it had never been opened. The first member of the changes is what is opened or closed.
 */
interface How {
  readonly step?: 'in' | 'out'
}

type SetParams<S> = (changes: Partial<ValuesOf<S>>, how?: How) => void

/** The values of the address, and a setter that changes some of them. */
export function useSearchParams<const S extends Shape>(shape: S): readonly [ValuesOf<S>, SetParams<S>] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const values = readSearch(shape, search)
  return [
    values,
    (changes, { step } = {}) => {
      const [opened = ''] = Object.keys(changes)
      const to = printSearch(shape, { ...values, ...changes })
      const made = stepOf(window.history.state)
      const isOpen = made?.opened === opened && shape[opened]?.print(values[opened]) !== undefined
      if (step === 'in' && !isOpen)
        return navigate(`${path}${to}`, {
          state: { opened, from: printSearch(shape, values) } satisfies Step,
        })
      if (step === 'out' && isOpen && made.from === to) return goBack()
      navigate(`${path}${to}`, { replace: true, state: step === 'out' ? null : window.history.state })
    },
  ]
}

/** What the history remembers of an entry that was made by a step. */
interface Step {
  readonly opened: string
  /** The search before it. */
  readonly from: string
}

/** Whatever another page of this address has left there. */
function stepOf(state: unknown): Step | undefined {
  if (typeof state !== 'object' || state === null) return undefined
  const { opened, from } = state as Partial<Record<keyof Step, unknown>>
  return typeof opened === 'string' && typeof from === 'string' ? { opened, from } : undefined
}

let isGoingBack = false

/** Once, however often it is asked for before the browser has gone, as while Escape is held down. */
function goBack(): void {
  if (isGoingBack) return
  isGoingBack = true
  const arrived = () => {
    isGoingBack = false
  }
  window.addEventListener('popstate', arrived, { once: true })
  window.history.back()
}

export function readSearch<const S extends Shape>(shape: S, search: string): ValuesOf<S> {
  const params = new URLSearchParams(search)
  const entries = Object.entries(shape).map(([name, param]) => [
    name,
    param.parse(params.get(name) ?? undefined),
  ])
  // Each member was parsed by the parameter of its name.
  return Object.fromEntries(entries) as ValuesOf<S>
}

/** With its `?`, or empty. */
export function printSearch<const S extends Shape>(shape: S, values: Partial<ValuesOf<S>>): string {
  const params = new URLSearchParams()
  const given: Readonly<Record<string, unknown>> = values
  for (const [name, param] of Object.entries(shape)) {
    if (!(name in given)) continue
    const text = param.print(given[name])
    if (text !== undefined) params.set(name, text)
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}
