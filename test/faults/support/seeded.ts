// Chance that can be repeated: the same seed gives the same numbers (the generator is mulberry32).

export interface Seeded {
  /** From 0 up to and without 1. */
  next(): number
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  /** True in so many cases of a hundred. */
  percent(likelihood: number): boolean
  pick<T>(choices: readonly T[]): T
  /** One of the choices, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T
}

export function createSeeded(seed: number): Seeded {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    percent: (likelihood) => next() * 100 < likelihood,
    pick: (choices) => itemAt(choices, int(0, choices.length - 1)),
    weighted(choices) {
      let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0)
      const found = choices.find(([weight]) => {
        left -= weight
        return left < 0
      })
      return (found ?? itemAt(choices, choices.length - 1))[1]
    },
  }
}

function itemAt<T>(items: readonly T[], index: number): T {
  if (index < 0 || index >= items.length) throw new Error(`there is no item ${index} of ${items.length}`)
  // Within the bounds, so that it is one of them.
  return items[index] as T
}
