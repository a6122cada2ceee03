// When a request arrived, as far as its id knows: requests that were refused have no other trace than their usage row, and
// usage rows are found by their time.

/** `req_` and a UUIDv7, whose first 48 bits are its time in Unix milliseconds (RFC 9562, section 5.7). */
const REQUEST_ID = /^req_([0-9a-f]{12})7[0-9a-f]{19}$/

/** The source of ids keeps their order where the clock steps back by less than ten seconds: an id may be so far ahead. */
const AHEAD_MS_MAX = 10_000
/** The clock is read right after the id was made. */
const BEHIND_MS_MAX = 1_000

/** Between which moments, both inclusive, the request arrived; undefined for an id that says nothing of it. */
export function arrivalOf(requestId: string): { readonly fromMs: number; readonly toMs: number } | undefined {
  const hex = REQUEST_ID.exec(requestId)?.[1]
  if (hex === undefined) return undefined
  const idMs = Number.parseInt(hex, 16)
  return { fromMs: idMs - AHEAD_MS_MAX, toMs: idMs + BEHIND_MS_MAX }
}
