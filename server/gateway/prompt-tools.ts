// What a stored prompt may make the upstream run beside what its request names: any hosted tool. Those that the policy permits
// and that have a price are held for; what an answer then tells of them is charged.
import type { PriceRow } from '../../contract/price.ts'
import { HOSTED_TOOLS, type HostedTool, type PolicyValues } from '../../contract/request-policy.ts'
import {
  type ImageToolTerms,
  imageCallTimesRates,
  imageToolTerms,
  previewSearchRate,
  type ToolTerms,
} from '../ledger/tool-calls.ts'
import { isToolPermitted } from '../limits/decide-policy.ts'
import type { BodyFacts } from './body-facts.ts'
import { type AskedImage, imageCallTokensMax } from './media/image-tokens.ts'

/** As if each of those tools stood in the request. */
export function withPromptTools(policy: PolicyValues, facts: BodyFacts, terms: ToolTerms, price: PriceRow) {
  const isPriced: Readonly<Record<HostedTool, boolean>> = {
    web_search: (terms.prompt?.searches.length ?? 0) > 0,
    file_search: price.fileSearchNanoUsdPerCall != null,
    code_interpreter: price.codeInterpreterNanoUsdPerSession != null,
    image_generation: terms.imageTool !== undefined,
  }
  const places = new Map(facts.hosted.places)
  for (const tool of HOSTED_TOOLS) {
    if (isPriced[tool] && isToolPermitted(policy, tool) && !places.has(tool)) places.set(tool, 'prompt')
  }
  return { ...facts, hosted: { ...facts.hosted, places } }
}

/**
 * Terms for tools that are not known: the dearest search, and images by the dearest model. All models count that have a price,
 * open or not, because whoever lists a prompt has chosen those that it runs.
 */
export function promptTerms(price: PriceRow, rows: readonly PriceRow[]): ToolTerms {
  const plain = price.webSearchNanoUsdPerCall
  const preview = previewSearchRate(price)
  const searches = [
    ...(plain == null ? [] : (['plain'] as const)),
    ...(preview === null ? [] : (['preview'] as const)),
  ]
  const imageTools = rows.flatMap((row) => termsOfAnyImage(row) ?? [])
  const [first] = imageTools
  return {
    isPreviewSearch: (preview ?? -1) > (plain ?? -1),
    imageTool: first && imageTools.reduce(dearer, first),
    prompt: { searches, imageTools },
  }
}

const dearer = (one: ImageToolTerms, other: ImageToolTerms): ImageToolTerms =>
  imageCallTimesRates(other) > imageCallTimesRates(one) ? other : one

/** Its size, its quality and its previews may be any. */
const ANY_IMAGE: AskedImage = { size: undefined, quality: undefined, frames: 1, partialImages: 3 }

const termsOfAnyImage = (row: PriceRow): ImageToolTerms | undefined =>
  imageToolTerms(row.model, row, { outputTokens: imageCallTokensMax(row.model, [ANY_IMAGE]) })
