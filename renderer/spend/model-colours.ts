// Which colour a model has, on every screen and also tomorrow: the first that was free when it was first drawn here.
import { COLOURS } from '../kit/charts/series.ts'

type Kept = ReadonlyMap<string, number>

/** More models than these were never on anybody's screen; the oldest is forgotten first. */
const KEPT_MAX = 200

/**
 * The colours of the models of one chart, from 1, and what is kept from now on. No two of them share one as long as there are
 * enough: where more models than colours were ever drawn and two of the same colour meet, the later one wears another here.
 */
export function decideColours(
  kept: Kept,
  models: readonly string[],
): { readonly colours: readonly number[]; readonly kept: Kept } {
  const next = new Map(kept)
  const worn = new Map<string, number>()
  const isWorn = (colour: number): boolean => [...worn.values()].includes(colour)
  for (const model of models) {
    const colour = kept.get(model)
    if (colour !== undefined && !isWorn(colour)) worn.set(model, colour)
  }
  for (const model of models) {
    if (worn.has(model)) continue
    const colour = rarestColour(next, isWorn)
    worn.set(model, colour)
    if (!next.has(model)) next.set(model, colour)
  }
  const [oldest] = next.keys()
  if (next.size > KEPT_MAX && oldest !== undefined) next.delete(oldest)
  return { colours: models.map((model) => worn.get(model) ?? 1), kept: next }
}

/** Of those that nobody wears in this chart, the one that the fewest models have. */
function rarestColour(kept: Kept, isWorn: (colour: number) => boolean): number {
  const all = Array.from({ length: COLOURS }, (_, index) => index + 1)
  const free = all.filter((colour) => !isWorn(colour))
  const shares = (colour: number): number => [...kept.values()].filter((each) => each === colour).length
  return (free.length === 0 ? all : free).toSorted((one, other) => shares(one) - shares(other))[0] ?? 1
}

const STORAGE_KEY = 'codex-gateway.model-colours'
let known: Kept | undefined

/** The same for whoever reads this page; kept in this browser. */
export function modelColours(models: readonly string[]): readonly number[] {
  known ??= stored()
  const { colours, kept } = decideColours(known, models)
  if (kept.size !== known.size) store(kept)
  known = kept
  return colours
}

function stored(): Kept {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]')
    return new Map(Array.isArray(read) ? read.filter(isPair) : [])
  } catch {
    // Storage that is switched off, or that somebody else wrote to: the colours are given anew.
    return new Map()
  }
}

const isPair = (one: unknown): one is [string, number] =>
  Array.isArray(one) &&
  typeof one[0] === 'string' &&
  Number.isInteger(one[1]) &&
  one[1] >= 1 &&
  one[1] <= COLOURS

function store(kept: Kept): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify([...kept]))
  } catch {
    // Without storage they hold as long as the page is open.
  }
}
