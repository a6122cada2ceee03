// What the model that writes an SVG has used: charged with the image, whole or streamed, and doubted where it cannot be true.
import { expect, test } from 'vitest'
import type { PriceRow } from '../../../contract/price.ts'
import type { JsonObject } from '../json-object.ts'
import { measureMedia } from './media-answer.ts'
import type { MeteredMedia } from './media-meter.ts'
import { createMediaStreamReader } from './media-stream.ts'

const PRICE = {
  inputNanoUsdPerMTok: 1_000_000_000,
  outputNanoUsdPerMTok: 4_000_000_000,
  imageOutputNanoUsdPerMTok: 30_000_000_000,
  contextWindowTokens: 128_000,
} as PriceRow // of a price only the rates matter here
const IMAGES = {
  count: 2,
  countedAs: 'images',
  size: undefined,
  quality: undefined,
  frames: 1,
  partialImages: 0,
  inputs: 0,
  svgModel: 'author',
  isVariation: false,
} as const
/** What was held for the author. */
const SVG_NANO_USD_MAX = 700_000_000
const ASKED = {
  media: { answer: 'json', usageMax: { svgNanoUsd: SVG_NANO_USD_MAX }, images: IMAGES, svgPrice: PRICE },
  price: PRICE,
  requestBytes: 100,
  outputTokensMax: 1_000,
} as unknown as MeteredMedia // what the meter looks at
const USAGE = { input_tokens: 2, output_tokens: 272, total_tokens: 274 }
const SVG_USAGE = { input_tokens: 900, output_tokens: 400, reasoning_tokens: 0, total_tokens: 1_300 }
/** 900 and 400 tokens at the rates above. */
const SVG_NANO_USD = 900 * 1_000 + 400 * 4_000

function wholeOf(svg_usage: JsonObject | undefined) {
  return measureMedia(ASKED, { data: [{}, {}], usage: USAGE, svg_usage }).reported
}

const streamedOf = (...usages: (JsonObject | undefined)[]) => measuredOf(...usages).reported

function measuredOf(...usages: (JsonObject | undefined)[]) {
  const reader = createMediaStreamReader(ASKED)
  for (const svg_usage of usages) {
    const type = 'image_generation.completed'
    const data = JSON.stringify({ type, b64_json: 'aa', usage: USAGE, svg_usage })
    reader.read(Buffer.from(`event: ${type}\ndata: ${data}\n\n`))
  }
  return reader.measured
}

test('a whole answer has what its author used', () => {
  expect(wholeOf(SVG_USAGE)).toMatchObject({ isImplausible: false, usage: { svgNanoUsd: SVG_NANO_USD } })
})

test('what the author has reported is not lost where the image has no report, and is estimated', () => {
  const whole = measureMedia(ASKED, { data: [{}], svg_usage: SVG_USAGE })
  expect(whole).toMatchObject({ reported: undefined, estimated: { svgNanoUsd: SVG_NANO_USD } })
  const reader = createMediaStreamReader(ASKED)
  expect(reader.measured.estimated).not.toHaveProperty('svgNanoUsd')
  const type = 'image_generation.completed'
  reader.read(Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, svg_usage: SVG_USAGE })}\n\n`))
  expect(reader.measured.estimated).toMatchObject({ svgNanoUsd: SVG_NANO_USD })
})

test('a stream has what the authors of all its images used', () => {
  expect(streamedOf(SVG_USAGE, SVG_USAGE)).toMatchObject({
    isImplausible: false,
    usage: { svgNanoUsd: 2 * SVG_NANO_USD, outputTokens: 2 * 272 },
  })
})

test('an author of whom nothing is said is estimated at the most that was held, beside what the image has used', () => {
  const estimated = { svgNanoUsd: SVG_NANO_USD_MAX, outputTokens: 272 }
  const whole = measureMedia(ASKED, { data: [{}], usage: USAGE })
  expect(whole).toMatchObject({ reported: undefined, estimated })
  expect(measuredOf(undefined)).toMatchObject({ reported: undefined, estimated })
  for (const usages of [
    [undefined, SVG_USAGE],
    [SVG_USAGE, undefined],
  ])
    expect(measuredOf(...usages)).toMatchObject({
      reported: undefined,
      estimated: { svgNanoUsd: SVG_NANO_USD_MAX, outputTokens: 2 * 272 },
    })
  // Neither of the two reports has come.
  expect(measureMedia(ASKED, { data: [{}] })).toMatchObject({
    reported: undefined,
    estimated: { svgNanoUsd: SVG_NANO_USD_MAX },
  })
})

test('a report that cannot be true stays one where nothing is said of the author', () => {
  const usage = { ...USAGE, output_tokens: -1 }
  expect(measureMedia(ASKED, { data: [{}], usage })).toMatchObject({
    reported: { isImplausible: true, usage: { svgNanoUsd: SVG_NANO_USD_MAX } },
    // What stands in for the output that it has lost.
    estimated: { outputTokens: ASKED.outputTokensMax },
  })
})

test('where there is no picture, or nobody asked for an author, none is charged', () => {
  expect(measureMedia(ASKED, { data: [], usage: USAGE }).reported?.usage).not.toHaveProperty('svgNanoUsd')
  const { svgPrice: _, ...media } = ASKED.media
  const plain = measureMedia({ ...ASKED, media }, { data: [{}], usage: USAGE })
  expect(plain.reported?.usage).not.toHaveProperty('svgNanoUsd')
})

test.each([
  ['more than any model gives', { input_tokens: 10, output_tokens: 100_000_000_000 }],
  ['less than nothing', { input_tokens: -1, output_tokens: 5 }],
  [
    'a part above its whole',
    { input_tokens: 10, output_tokens: 5, input_tokens_details: { cached_tokens: 9_000 } },
  ],
])('a report of %s is doubted, whole and streamed', (_, svg) => {
  expect(wholeOf(svg)?.isImplausible).toBe(true)
  expect(streamedOf(svg, SVG_USAGE)?.isImplausible).toBe(true)
})

test.each([
  ['an event of its own', { type: 'error', message: 'no 3f9a77aa10bb4cc5dd6e' }],
  ['a member', { error: { message: 'no 3f9a77aa10bb4cc5dd6e' } }],
  ['a text alone', { error: 'no 3f9a77aa10bb4cc5dd6e' }],
])('an error in a stream that quotes the upstream’s key is told in our words: %s', (_shape, data) => {
  const reader = createMediaStreamReader(ASKED, '3f9a77aa10bb4cc5dd6e')
  const verdict = reader.read(Buffer.from(`data: ${JSON.stringify(data)}\n\n`))
  expect(verdict.kind === 'withhold' && verdict.bytes.toString()).toContain('"code":"upstream_failed"')
  expect(reader.measured.hasFailed).toBe(true)
})
