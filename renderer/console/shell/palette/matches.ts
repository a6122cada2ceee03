// Which commands fit what was typed: every word of it has to stand somewhere in the name, or in what else one calls the thing.

export interface Named {
  readonly label: string
  /** Its name in the other language, an address: what one may type instead. */
  readonly also?: string
}

export function fits({ label, also = '' }: Named, typed: string): boolean {
  const text = `${label} ${also}`.toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
