// Reads the facts of a request for images (OpenAI API reference, "Create image", "Create image edit", "Create image
// variation").
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { ImageCount } from '../../ledger/media-charge.ts'
import {
  type BodyFacts,
  bodyMembersWithoutTools,
  booleanIn,
  integerIn,
  modelIn,
  PLAIN_FACTS,
  TEMPLATE_TOKENS,
  walkBody,
} from '../body-facts.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { invalidParameter, startWalk } from '../walk.ts'
import { IMAGE_INPUT_TOKENS_MAX } from './image-tokens.ts'
import { type ImageFacts, type MediaFacts, wordIn } from './media-facts.ts'

const MEMBERS = bodyMembersWithoutTools()

const IMAGES_MAX = 10
const INPUT_IMAGES_MAX = 32
const DEFAULT_FRAMES = 9

export function readImagesBody(body: JsonObject, bodyBytes: number): Result<BodyFacts, Refusal> {
  const walk = startWalk(true)
  const refused = walkBody(walk, body, MEMBERS)
  if (refused) return fail(refused)
  const model = modelIn(body)
  if (!model.ok) return model
  const isStream = booleanIn(body, 'stream')
  if (!isStream.ok) return isStream
  const images = imageFacts(body, false)
  if (!images.ok) return images
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    isStream: isStream.value,
    choices: images.value.count,
    // What the model and the size come to is found out together with the price.
    outputTokensLimit: undefined,
    isOutputLimitable: false,
    input: {
      textBytes: bodyBytes,
      fixedTokensMax: TEMPLATE_TOKENS + images.value.inputs * IMAGE_INPUT_TOKENS_MAX,
    },
    fileReferences: walk.fileReferences ?? [],
    media: mediaOf(images.value),
  })
}

/** They tell no usage, and cost by the image. */
export function readVariationsBody(body: JsonObject): Result<BodyFacts, Refusal> {
  const refused = walkBody(startWalk(), body, MEMBERS)
  if (refused) return fail(refused)
  const model = modelIn(body)
  if (!model.ok) return model
  const images = imageFacts(body, true)
  if (!images.ok) return images
  if (images.value.inputs === 0) return fail(refusal('missing_parameter', undefined, { param: 'image' }))
  return ok({
    ...PLAIN_FACTS,
    model: model.value,
    choices: images.value.count,
    outputTokensLimit: 0,
    isOutputLimitable: false,
    input: { textBytes: 0, fixedTokensMax: 0 },
    media: mediaOf(images.value),
  })
}

const mediaOf = (images: ImageFacts): MediaFacts => ({
  answer: 'json',
  usageMax: { [images.countedAs]: images.count },
  images,
})

function imageFacts(body: JsonObject, isVariation: boolean): Result<ImageFacts, Refusal> {
  const n = integerIn(body, 'n', 1, IMAGES_MAX)
  if (!n.ok) return n
  const size = wordIn(body, 'size')
  if (!size.ok) return size
  const quality = wordIn(body, 'quality')
  if (!quality.ok) return quality
  const partial = integerIn(body, 'partial_images', 0, IMAGES_MAX)
  if (!partial.ok) return partial
  const frames = framesIn(body)
  if (!frames.ok) return frames
  const svgModel = svgModelIn(body, n.value ?? 1)
  if (!svgModel.ok) return svgModel
  const inputs = inputImages(body)
  if (inputs > INPUT_IMAGES_MAX)
    return fail(invalidParameter('image', `there are at most ${INPUT_IMAGES_MAX} of them.`))
  return ok({
    count: n.value ?? 1,
    countedAs: countOf(size.value, quality.value),
    size: size.value,
    quality: quality.value,
    frames: frames.value,
    partialImages: partial.value ?? 0,
    inputs,
    svgModel: svgModel.value,
    isVariation,
  })
}

function framesIn(body: JsonObject): Result<number, Refusal> {
  const format = wordIn(body, 'output_format')
  if (!format.ok) return format
  const frames = integerIn(body, 'frame_count', 1, 16)
  if (!frames.ok) return frames
  return ok(format.value === 'gif' ? (frames.value ?? DEFAULT_FRAMES) : (frames.value ?? 1))
}

/** Who writes an SVG is charged at their own price, so they have to be named. */
function svgModelIn(body: JsonObject, count: number): Result<string | undefined, Refusal> {
  const { svg, output_format: format } = body
  const isAsked = format === 'svg' || (svg !== undefined && svg !== null)
  if (!isAsked) return ok(undefined)
  if (svg !== undefined && svg !== null && !isObject(svg))
    return fail(invalidParameter('svg', 'it has to be an object.'))
  const model = isObject(svg) ? modelIn(svg) : undefined
  if (!model?.ok) return fail(refusal('missing_parameter', undefined, { param: 'svg.model' }))
  return count === 1 ? model : fail(invalidParameter('n', 'one SVG is made at a time.'))
}

/** In a form files, in JSON a list of references; a mask or a markup is an image as well. */
function inputImages(body: JsonObject): number {
  const lists = ['image', 'images', 'mask', 'markup'].map((name) => body[name])
  return lists.reduce<number>((sum, value) => {
    if (value === undefined || value === null) return sum
    return sum + (Array.isArray(value) ? value.length : 1)
  }, 0)
}

const SIZE = /^(\d{1,5})x(\d{1,5})$/
const HD = new Set(['hd', 'high', 'xhigh', 'max'])

/** What an image costs alike with, where it costs by the image. A size that the upstream chooses is taken for a large one. */
export function countOf(size: string | undefined, quality: string | undefined): ImageCount {
  const isHd = quality !== undefined && HD.has(quality)
  const [, width, height] = SIZE.exec(size ?? '1024x1024') ?? []
  const side = width === undefined ? Number.POSITIVE_INFINITY : Math.max(Number(width), Number(height))
  if (side > 1_024) return isHd ? 'largeHdImages' : 'largeImages'
  if (isHd) return 'hdImages'
  if (side <= 256) return 'smallImages'
  return side <= 512 ? 'mediumImages' : 'images'
}
