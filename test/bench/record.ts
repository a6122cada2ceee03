// Keeps the figures of every round and compares within rounds: the machine is shared, so only what was measured side by
// side is set against each other, and the median over the rounds is what counts.
import type { Figures } from './measures.ts'
import type { TargetName } from './targets.ts'

export class Recorded {
  readonly #rounds = new Map<string, Map<TargetName, Figures>[]>()

  add(measure: string, round: number, target: TargetName, figures: Figures): void {
    const rounds = this.#rounds.get(measure) ?? []
    this.#rounds.set(measure, rounds)
    const entry = rounds[round] ?? new Map<TargetName, Figures>()
    rounds[round] = entry
    entry.set(target, figures)
  }

  get measures(): readonly string[] {
    return [...this.#rounds.keys()]
  }

  targetsOf(measure: string): readonly TargetName[] {
    return [...new Set(this.#of(measure).flatMap((round) => [...round.keys()]))]
  }

  figuresOf(measure: string): readonly string[] {
    const all = this.#of(measure).flatMap((round) => [...round.values()])
    return [...new Set(all.flatMap((figures) => Object.keys(figures)))]
  }

  median(measure: string, figure: string, target: TargetName): number {
    return medianOf(this.#of(measure).map((round) => round.get(target)?.[figure] ?? Number.NaN))
  }

  /** The median over the rounds of one target's figure divided by another's. */
  ratio(measure: string, figure: string, of: TargetName, to: TargetName): number {
    return this.#compare(measure, figure, (round) => round(of) / round(to))
  }

  /** What a target adds to the way without one. */
  added(measure: string, figure: string, target: TargetName): number {
    return this.#compare(measure, figure, (round) => round(target) - round('direct'))
  }

  /** The same, of two targets, divided. */
  addedRatio(measure: string, figure: string, of: TargetName, to: TargetName): number {
    const direct = (round: (target: TargetName) => number) => round('direct')
    return this.#compare(
      measure,
      figure,
      (round) => (round(of) - direct(round)) / (round(to) - direct(round)),
    )
  }

  #compare(
    measure: string,
    figure: string,
    compare: (round: (target: TargetName) => number) => number,
  ): number {
    return medianOf(
      this.#of(measure).map((round) => compare((target) => round.get(target)?.[figure] ?? Number.NaN)),
    )
  }

  #of(measure: string): readonly Map<TargetName, Figures>[] {
    return this.#rounds.get(measure) ?? []
  }
}

/** NaN where nothing was measured. */
function medianOf(values: readonly number[]): number {
  const known = values.filter(Number.isFinite).sort((one, other) => one - other)
  const middle = Math.floor(known.length / 2)
  if (known.length % 2 === 1) return known[middle] ?? Number.NaN
  return ((known[middle - 1] ?? Number.NaN) + (known[middle] ?? Number.NaN)) / 2
}
