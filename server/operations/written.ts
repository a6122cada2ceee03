// An answer that is JSON already: whoever read it has held it against the operation's output and written it down, so that
// nobody has to do so on the thread that requests go through.

/** `Output` is what the text says. */
export class Written<Output> {
  declare readonly output: Output
  readonly json: string

  constructor(json: string) {
    this.json = json
  }
}

/** One object's text and the members of another, which have other names. */
export const joinObjects = (json: string, members: object): string => {
  const more = JSON.stringify(members)
  if (json === '{}') return more
  return more === '{}' ? json : `${json.slice(0, -1)},${more.slice(1)}`
}
