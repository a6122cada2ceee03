// What changed between two states of a thing, member by member. Both come from the audit, so they hold anything.

export interface Difference {
  /** Such as `settings.announcement`. */
  readonly path: string
  /** `undefined` where the member was not there. */
  readonly before: unknown
  readonly after: unknown
}

const DEPTH_MAX = 6

/** Only the members that differ, in the order in which they stand; nested objects are opened, lists are compared whole. */
export function differencesOf(before: unknown, after: unknown, path = '', depth = 0): readonly Difference[] {
  const isOpened = depth < DEPTH_MAX && (isObject(before) || isObject(after))
  if (isOpened && isOpenable(before) && isOpenable(after)) {
    const names = [...new Set([...namesOf(before), ...namesOf(after)])]
    return names.flatMap((name) =>
      differencesOf(
        memberOf(before, name),
        memberOf(after, name),
        path === '' ? name : `${path}.${name}`,
        depth + 1,
      ),
    )
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  return [{ path, before, after }]
}

/** The one that says most in a line: an id says nothing to a reader, and what is empty says little. */
export const mostTelling = (differences: readonly Difference[]): Difference | undefined =>
  differences.find(({ path, after }) => !/(^|\.)id$|Id$/.test(path) && after !== null && after !== '') ??
  differences[0]

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Nothing is an object without members: what was made shows each of its members. */
const isOpenable = (value: unknown): boolean => value === undefined || value === null || isObject(value)

const namesOf = (value: unknown): readonly string[] => (isObject(value) ? Object.keys(value) : [])
const memberOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)
