// Reads the OpenAI models of @earendil-works/pi-ai: a data file of its tarball. Chat models only; it has GPT-6.1.
import { z } from 'zod'
import { fromUsdPerMTok } from './exact-decimal.ts'
import type { PriceSource, SourcePrice } from './source-price.ts'

const rates = {
  input: z.number().min(0),
  output: z.number().min(0),
  cacheRead: z.number().min(0),
  cacheWrite: z.number().min(0),
}
const chatModel = z.object({
  id: z.string(),
  reasoning: z.boolean(),
  maxTokens: z.int(),
  contextWindow: z.int(),
  cost: z.object({
    ...rates,
    tiers: z.array(z.object({ inputTokensAbove: z.int(), ...rates })).optional(),
  }),
})
const file = z.object({ 'openai-responses': z.record(z.string(), z.unknown()) })

export function readPiAi(data: unknown, name: string): PriceSource {
  const prices = new Map<string, SourcePrice>()
  const unread: string[] = []
  for (const entry of Object.values(file.parse(data)['openai-responses'])) {
    const model = chatModel.parse(entry)
    const [long, ...more] = model.cost.tiers ?? []
    if (more.length > 0) unread.push(`${model.id}: more than one long-context tier`)
    prices.set(model.id, {
      inputNanoUsdPerMTok: fromUsdPerMTok(model.cost.input),
      outputNanoUsdPerMTok: fromUsdPerMTok(model.cost.output),
      ...orLeftOut('cachedInputNanoUsdPerMTok', model.cost.cacheRead),
      ...orLeftOut('cacheWriteNanoUsdPerMTok', model.cost.cacheWrite),
      ...(long && {
        longContextAboveTokens: long.inputTokensAbove,
        longInputNanoUsdPerMTok: fromUsdPerMTok(long.input),
        longOutputNanoUsdPerMTok: fromUsdPerMTok(long.output),
        ...orLeftOut('longCachedInputNanoUsdPerMTok', long.cacheRead),
        ...orLeftOut('longCacheWriteNanoUsdPerMTok', long.cacheWrite),
      }),
      maxOutputTokens: model.maxTokens,
      isReasoning: model.reasoning,
      // Its context window is left out: for the large models it is where the dear rates begin, not what the model takes.
    })
  }
  return { name, prices, unread }
}

/** This list writes 0 where a model has no such price. Empty is not zero: it would be free here. */
const orLeftOut = (column: keyof SourcePrice, usd: number): SourcePrice =>
  usd === 0 ? {} : { [column]: fromUsdPerMTok(usd) }
