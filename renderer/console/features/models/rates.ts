// The rates of a price row as people read them: a matrix of tiers and kinds of tokens, and the few beside it.
import type { PriceInput, PriceRates, PriceRow } from '../../../../contract/price.ts'
import type en from './words.en.json'

export type RateColumn = keyof PriceRates
export const KINDS = ['input', 'cachedInput', 'cacheWrite', 'output'] as const
export type Kind = (typeof KINDS)[number]
export type Group = Extract<keyof typeof en, `group_${string}`> extends `group_${infer Name}` ? Name : never

interface RateGroup {
  readonly group: Group
  /** Empty where a group has no rate of a kind, as audio has none for writing to the cache. */
  readonly columns: Readonly<Record<Kind, RateColumn | undefined>>
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

function rateGroup(group: Group, prefix: string, kinds: readonly Kind[] = KINDS): RateGroup {
  const column = (kind: Kind) => {
    const name = prefix === '' ? kind : `${prefix}${capital(kind)}`
    // The contract names its columns so; a test compares them.
    return kinds.includes(kind) ? (`${name}NanoUsdPerMTok` as RateColumn) : undefined
  }
  return {
    group,
    columns: {
      input: column('input'),
      cachedInput: column('cachedInput'),
      cacheWrite: column('cacheWrite'),
      output: column('output'),
    },
  }
}

const WITHOUT_WRITE: readonly Kind[] = ['input', 'cachedInput', 'output']

export const RATE_GROUPS: readonly RateGroup[] = [
  rateGroup('standard', ''),
  rateGroup('long', 'long'),
  rateGroup('flex', 'flex'),
  rateGroup('flexLong', 'flexLong'),
  rateGroup('priority', 'priority'),
  rateGroup('priorityLong', 'priorityLong'),
  rateGroup('ultrafast', 'ultrafast'),
  rateGroup('ultrafastLong', 'ultrafastLong'),
  rateGroup('batch', 'batch'),
  rateGroup('batchLong', 'batchLong'),
  rateGroup('audio', 'audio', WITHOUT_WRITE),
  rateGroup('image', 'image', WITHOUT_WRITE),
]

/** The groups that are not about text. */
export const isMedia = ({ group }: RateGroup): boolean => group === 'audio' || group === 'image'

/** What is not counted in tokens: sound by its length, speech by its characters, images one by one. */
export const MEDIA_COLUMNS = [
  'audioInputNanoUsdPerSecond',
  'speechNanoUsdPerMChar',
  'imageNanoUsdPerImage',
  'smallImageNanoUsdPerImage',
  'mediumImageNanoUsdPerImage',
  'largeImageNanoUsdPerImage',
  'hdImageNanoUsdPerImage',
  'largeHdImageNanoUsdPerImage',
] as const satisfies readonly RateColumn[]

export const TOOL_COLUMNS = [
  'webSearchNanoUsdPerCall',
  'webSearchPreviewNanoUsdPerCall',
  'fileSearchNanoUsdPerCall',
  'codeInterpreterNanoUsdPerSession',
] as const satisfies readonly RateColumn[]

export const TOKEN_COLUMNS = [
  'longContextAboveTokens',
  'contextWindowTokens',
  'maxOutputTokens',
  'outputFloorTokens',
] as const satisfies readonly RateColumn[]

/** Where a column stands in the matrix; undefined for those beside it. */
export function placeOf(column: string): { readonly group: Group; readonly kind: Kind } | undefined {
  for (const { group, columns } of RATE_GROUPS) {
    const kind = KINDS.find((each) => columns[each] === column)
    if (kind !== undefined) return { group, kind }
  }
  return undefined
}

export const hasRates = (
  { columns }: RateGroup,
  row: Readonly<Partial<Record<RateColumn, unknown>>>,
): boolean =>
  KINDS.some((kind) => {
    const column = columns[kind]
    return column !== undefined && typeof row[column] === 'number'
  })

/** What a new row takes over from the one that it follows: every rate that is set. */
export function ratesOf(row: PriceRow | undefined): Partial<PriceRates> {
  if (row === undefined) return {}
  const { id: _id, model: _model, effectiveFrom: _from, origin: _origin, ...rest } = row
  const { source: _source, createdAt: _createdAt, ...others } = rest
  const { state: _state, ...rates } = { state: undefined, ...others }
  return Object.fromEntries(
    Object.entries(rates).filter(([, value]) => value !== null && value !== undefined),
  )
}

/** The model whose name begins most alike, and has a price; its rates are a first guess for one that has none. */
export function nearestRow<Row extends { readonly model: string }>(
  model: string,
  rows: readonly Row[],
): Row | undefined {
  const alike = (name: string) => {
    let length = 0
    while (length < name.length && name[length] === model[length]) length += 1
    return length
  }
  const [best] = [...rows].sort((one, other) => alike(other.model) - alike(one.model))
  return best !== undefined && alike(best.model) >= 4 ? best : undefined
}

/** Rows of a file or of what was pasted: a list, or an object with one under `rows`. The gateway checks each of them. */
export function parseRows(text: string): readonly PriceInput[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    const rows = Array.isArray(parsed) ? parsed : (parsed as { readonly rows?: unknown } | null)?.rows
    const isList = Array.isArray(rows) && rows.length > 0
    // What is in them is looked at by `prices.preview`, which names the row and the member that is wrong.
    return isList && rows.every((row) => typeof row === 'object' && row !== null)
      ? (rows as PriceInput[])
      : undefined
  } catch {
    return undefined
  }
}

/** `+25%`, `−20%`; undefined where it stays the same. */
export function changeText(changePpm: number): string {
  const percent = Math.abs(changePpm) / 10_000
  const digits = percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)
  return `${changePpm < 0 ? '\u2212' : '+'}${digits}%`
}
