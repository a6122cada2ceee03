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

/** The values of the address, and a setter that changes some of them. Filters replace the entry in the history; `isStep` adds one. */
export function useSearchParams<const S extends Shape>(
  shape: S,
): readonly [ValuesOf<S>, (changes: Partial<ValuesOf<S>>, how?: { readonly isStep?: boolean }) => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const values = readSearch(shape, search)
  return [
    values,
    (changes, { isStep = false } = {}) =>
      navigate(`${path}${printSearch(shape, { ...values, ...changes })}`, { replace: !isStep }),
  ]
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
