// Queries of a list, prepared once for each shape: which members its filter has. To build a query takes longer than to ask it,
// and what a screen asks for has the same few shapes again and again.
import { type Placeholder, sql } from 'drizzle-orm'

/** A value of the filter: itself, or its place in a query that is asked with many values. */
export type ValueFor = <Value>(name: string, value: Value) => Value | Placeholder

export const itself: ValueFor = (_name, value) => value
const itsPlace: ValueFor = (name) => sql.placeholder(name)

/**
 * Answers the query of a shape. `shape` names everything that the text of the query depends on; `build` is called with the
 * first request of each.
 */
export function preparedByShape<Request, Query>(
  build: (request: Request, valueFor: ValueFor) => Query,
): (shape: string, request: Request) => Query {
  const known = new Map<string, Query>()
  return (shape, request) => {
    const found = known.get(shape) ?? build(request, itsPlace)
    known.set(shape, found)
    return found
  }
}

/** The names of those members that a filter has. */
export const namesIn = (filter: object): string =>
  Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .sort()
    .join(' ')
