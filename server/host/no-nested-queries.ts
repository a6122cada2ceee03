// What express has of qs, which it asks where an application wants nested query strings (`query parser: extended`). Ours does not,
// and the bundle has this in its place.

export function parse(): never {
  throw new Error('Query strings are not nested here.')
}
