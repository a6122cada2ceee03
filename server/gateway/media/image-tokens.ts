// How many tokens an image comes to at most, by model, size and quality (OpenAI, "Image generation: calculating costs"). What
// is not in the list is bounded by the model's output limit.

/** No image that is put in costs more, at the highest fidelity. */
export const IMAGE_INPUT_TOKENS_MAX = 25_000
/** What an image that is put in is estimated at, where nothing is reported. */
export const IMAGE_INPUT_TOKENS_ESTIMATED = 1_600
/** Every preview of a streamed image. */
const PARTIAL_IMAGE_TOKENS = 100
/** Models plan an image in words, which are output too. */
export const PLANNING_TOKENS_MAX = 1_024

const DATED = '(?:-\\d{4}-\\d{2}-\\d{2})?'
const FIXED_SIZES = new RegExp(`^(?:gpt-image-1(?:\\.5|-mini)?${DATED}|chatgpt-image-latest)$`)
const ANY_SIZE = new RegExp(`^gpt-image-2${DATED}$`)

const TOKENS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  low: { '1024x1024': 272, '1024x1536': 408, '1536x1024': 400 },
  medium: { '1024x1024': 1_056, '1024x1536': 1_584, '1536x1024': 1_568 },
  high: { '1024x1024': 4_160, '1024x1536': 6_240, '1536x1024': 6_208 },
}

/** Of gpt-image-2: a factor by quality, the largest image, and what its tokens are a product of. */
const AXIS: Readonly<Record<string, number>> = { low: 16, medium: 48, high: 96 }
const PIXELS_MAX = 8_294_400
const SQUARE_MAX = 2_880
const SIDE_MAX = 3_840
const AREA_OFFSET = 2_000_000
const AREA_SCALE = 4_000_000

export interface AskedImage {
  readonly size: string | undefined
  readonly quality: string | undefined
  readonly frames: number
  readonly partialImages: number
}

/** Undefined where only the model's own limit bounds it. */
export function imageTokensMax(model: string, asked: AskedImage): number | undefined {
  const tokens = tokensOf(model, asked)
  if (tokens === undefined) return undefined
  return tokens * asked.frames + asked.partialImages * PARTIAL_IMAGE_TOKENS
}

/** What one call of a tool takes at most, whatever size, quality and previews it chooses. */
export function imageCallTokensMax(model: string): number | undefined {
  const anyImage = { size: undefined, quality: undefined, frames: 1, partialImages: TOOL_PREVIEWS_MAX }
  const tokens = imageTokensMax(model, anyImage)
  return tokens === undefined ? undefined : tokens + PLANNING_TOKENS_MAX
}

/** `partial_images` of the tool (OpenAI API reference, "Create a model response"). */
const TOOL_PREVIEWS_MAX = 3

function tokensOf(model: string, { size, quality }: AskedImage): number | undefined {
  if (FIXED_SIZES.test(model)) {
    // Whatever is not known of it may be the dearest.
    const row = TOKENS[quality ?? 'high'] ?? TOKENS.high ?? {}
    return row[size ?? ''] ?? Math.max(...Object.values(row))
  }
  return ANY_SIZE.test(model) ? tokensOfAnySize(size, quality) : undefined
}

function tokensOfAnySize(size: string | undefined, quality: string | undefined): number {
  const [, width = SQUARE_MAX, height = SQUARE_MAX] = /^(\d{2,4})x(\d{2,4})$/.exec(size ?? '') ?? []
  const long = Math.min(SIDE_MAX, Math.max(Number(width), Number(height)))
  const short = Math.min(Number(width), Number(height), Math.floor(PIXELS_MAX / long))
  const axis = AXIS[quality ?? 'high'] ?? AXIS.high ?? 0
  const shortAxis = Math.floor((2 * axis * short + long) / (2 * long))
  return Math.ceil((axis * shortAxis * (AREA_OFFSET + long * short)) / AREA_SCALE)
}
