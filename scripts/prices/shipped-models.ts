// Which models the product ships prices for, and what no public list says of them: their other names, what they take and
// give, tools, and how each disagreement between the lists was settled. Checked by a person against OpenAI's model pages.
import type { PriceRates } from '../../contract/price.ts'

export interface ShippedModel {
  readonly model: string
  /** Dated snapshots and other names at the same price. */
  readonly sameAs?: readonly string[]
  /** The model whose price the lists have, where they know this one by its name alone. Its tiers are not carried over. */
  readonly pricedAs?: string
  /** Columns that no list has. They stand beside what the lists say, and disagree with none of it. */
  readonly facts: Partial<PriceRates>
  /** Columns that a list has and that are left empty on purpose. */
  readonly leftEmpty?: readonly (keyof PriceRates)[]
  /** Columns in which the lists disagree, with the value that holds and the reason. */
  readonly decided?: Partial<Record<keyof PriceRates, { readonly value: number; readonly because: string }>>
  /** Goes into the row's source. */
  readonly note?: string
}

/** $10 per 1,000 web searches, $2.50 per 1,000 file searches, $0.03 for a container of 1 GB: OpenAI, "Built-in tools". */
const TOOLS = {
  webSearchNanoUsdPerCall: 10_000_000,
  fileSearchNanoUsdPerCall: 2_500_000,
  codeInterpreterNanoUsdPerSession: 30_000_000,
} as const satisfies Partial<PriceRates>
const CONTAINERS = { codeInterpreterNanoUsdPerSession: 30_000_000 } as const satisfies Partial<PriceRates>

const limits = (contextWindowTokens: number, maxOutputTokens: number, isReasoning: boolean) => ({
  contextWindowTokens,
  maxOutputTokens,
  isReasoning,
})
const LARGE = limits(1_050_000, 128_000, true)
const MEDIUM = limits(400_000, 128_000, true)
const O_SERIES = limits(200_000, 100_000, true)
const OMNI = limits(128_000, 16_384, false)

const NO_SEARCH_ON_SMALL_MODELS = {
  leftEmpty: ['webSearchNanoUsdPerCall'],
  note: 'no web search: OpenAI adds a fixed block of input tokens to each call of this model, so the tool fee alone would be too little',
} as const satisfies Partial<ShippedModel>

/** What these put out is a vector or a verdict: there are no output tokens to charge. */
const embedding = (model: string): ShippedModel => ({
  model,
  facts: { outputNanoUsdPerMTok: 0, contextWindowTokens: 8_192, isReasoning: false },
})

const AUDIO_AS_DEAR_AS_EITHER_LIST =
  'one list has the audio rate of the price list, the other the text rate; the dearer one never charges too little'

export const SHIPPED_MODELS: readonly ShippedModel[] = [
  { model: 'gpt-6.1-sol', sameAs: ['gpt-6.1-sol-2026-09-29'], facts: { ...LARGE, ...TOOLS } },
  { model: 'gpt-6.1-terra', facts: { ...LARGE, ...TOOLS } },
  { model: 'gpt-6-astra', facts: { ...LARGE, ...CONTAINERS } },
  { model: 'gpt-6-sol', facts: { ...LARGE, ...CONTAINERS } },
  { model: 'gpt-6-luna', facts: { ...LARGE, ...CONTAINERS } },
  { model: 'gpt-5.6-sol', sameAs: ['gpt-5.6'], facts: { ...LARGE, ...CONTAINERS } },
  { model: 'gpt-5.6-terra', facts: { ...LARGE, ...CONTAINERS } },
  { model: 'gpt-5.6-luna', facts: { ...LARGE, ...CONTAINERS } },
  { model: 'gpt-5.5', sameAs: ['gpt-5.5-2026-04-23'], ...largeOfTwoWindows() },
  { model: 'gpt-5.5-pro', sameAs: ['gpt-5.5-pro-2026-04-23'], ...largeOfTwoWindows() },
  { model: 'gpt-5.4', sameAs: ['gpt-5.4-2026-03-05'], facts: { ...LARGE, ...CONTAINERS } },
  { model: 'gpt-5.4-mini', sameAs: ['gpt-5.4-mini-2026-03-17'], facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5.4-nano', sameAs: ['gpt-5.4-nano-2026-03-17'], facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5.4-pro', sameAs: ['gpt-5.4-pro-2026-03-05'], facts: { ...LARGE, ...CONTAINERS } },
  { model: 'gpt-5.3-codex', facts: { ...MEDIUM, ...TOOLS } },
  { model: 'gpt-5.2', sameAs: ['gpt-5.2-2025-12-11'], facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5.2-codex', pricedAs: 'gpt-5.2', facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5.2-pro', sameAs: ['gpt-5.2-pro-2025-12-11'], facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5.1', sameAs: ['gpt-5.1-2025-11-13'], facts: { ...MEDIUM, ...CONTAINERS } },
  {
    model: 'gpt-5.1-codex',
    sameAs: ['gpt-5.1-codex-max'],
    pricedAs: 'gpt-5.1',
    facts: { ...MEDIUM, ...CONTAINERS },
  },
  { model: 'gpt-5.1-codex-mini', facts: { ...MEDIUM, ...TOOLS } },
  { model: 'gpt-5', sameAs: ['gpt-5-2025-08-07'], facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5-codex', pricedAs: 'gpt-5', facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5-mini', sameAs: ['gpt-5-mini-2025-08-07'], facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5-nano', sameAs: ['gpt-5-nano-2025-08-07'], facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'gpt-5-pro', sameAs: ['gpt-5-pro-2025-10-06'], facts: { ...MEDIUM, ...CONTAINERS } },
  { model: 'chat-latest', facts: limits(400_000, 128_000, true) },
  { model: 'gpt-5-chat-latest', facts: limits(128_000, 16_384, false) },
  { model: 'gpt-4.1', sameAs: ['gpt-4.1-2025-04-14'], ...fourOne() },
  { model: 'gpt-4.1-mini', sameAs: ['gpt-4.1-mini-2025-04-14'], ...fourOne(), ...NO_SEARCH_ON_SMALL_MODELS },
  { model: 'gpt-4.1-nano', sameAs: ['gpt-4.1-nano-2025-04-14'], ...fourOne() },
  { model: 'gpt-4o', sameAs: ['gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'], facts: { ...OMNI, ...CONTAINERS } },
  { model: 'gpt-4o-2024-05-13', facts: { ...limits(128_000, 4_096, false), ...CONTAINERS } },
  {
    model: 'gpt-4o-mini',
    sameAs: ['gpt-4o-mini-2024-07-18'],
    facts: { ...OMNI, ...CONTAINERS },
    ...NO_SEARCH_ON_SMALL_MODELS,
  },
  { model: 'gpt-4-turbo', sameAs: ['gpt-4-turbo-2024-04-09'], facts: limits(128_000, 4_096, false) },
  { model: 'gpt-4', sameAs: ['gpt-4-0613'], facts: limits(8_192, 8_192, false) },
  { model: 'gpt-3.5-turbo', sameAs: ['gpt-3.5-turbo-0125'], facts: limits(16_385, 4_096, false) },
  {
    model: 'gpt-3.5-turbo-instruct',
    sameAs: ['gpt-3.5-turbo-instruct-0914'],
    facts: limits(4_096, 4_096, false),
    decided: {
      contextWindowTokens: {
        value: 4_096,
        because: 'the list has the window of the chat model of that name',
      },
    },
  },
  { model: 'o1', sameAs: ['o1-2024-12-17'], facts: O_SERIES },
  { model: 'o1-pro', sameAs: ['o1-pro-2025-03-19'], facts: O_SERIES },
  { model: 'o3', sameAs: ['o3-2025-04-16'], facts: { ...O_SERIES, ...CONTAINERS } },
  { model: 'o3-pro', sameAs: ['o3-pro-2025-06-10'], facts: O_SERIES },
  { model: 'o3-mini', sameAs: ['o3-mini-2025-01-31'], facts: O_SERIES },
  { model: 'o4-mini', sameAs: ['o4-mini-2025-04-16'], facts: { ...O_SERIES, ...CONTAINERS } },
  {
    model: 'gpt-audio',
    sameAs: ['gpt-audio-2025-08-28', 'gpt-audio-1.5'],
    facts: limits(128_000, 16_384, false),
  },
  {
    model: 'gpt-audio-mini',
    sameAs: ['gpt-audio-mini-2025-10-06', 'gpt-audio-mini-2025-12-15'],
    facts: limits(128_000, 16_384, false),
  },
  {
    model: 'gpt-4o-transcribe',
    sameAs: ['gpt-4o-transcribe-diarize'],
    facts: limits(16_000, 2_000, false),
    decided: { audioInputNanoUsdPerMTok: { value: 6_000_000_000, because: AUDIO_AS_DEAR_AS_EITHER_LIST } },
  },
  {
    model: 'gpt-4o-mini-transcribe',
    sameAs: ['gpt-4o-mini-transcribe-2025-03-20', 'gpt-4o-mini-transcribe-2025-12-15'],
    facts: limits(16_000, 2_000, false),
    decided: { audioInputNanoUsdPerMTok: { value: 3_000_000_000, because: AUDIO_AS_DEAR_AS_EITHER_LIST } },
  },
  {
    model: 'gpt-4o-mini-tts',
    sameAs: ['gpt-4o-mini-tts-2025-03-20', 'gpt-4o-mini-tts-2025-12-15'],
    facts: { isReasoning: false, audioOutputNanoUsdPerMTok: 12_000_000_000 },
    decided: {
      outputNanoUsdPerMTok: {
        value: 12_000_000_000,
        because: 'all of its output is audio at $12; the list that says $10 has $12 for audio beside it',
      },
    },
  },
  // Beside what they draw, these read text and images; two of the lists' columns stand for one rate each.
  { model: 'gpt-image-1', facts: { imageOutputNanoUsdPerMTok: 40_000_000_000 } },
  { model: 'gpt-image-1-mini', facts: { imageOutputNanoUsdPerMTok: 8_000_000_000 } },
  { model: 'gpt-image-1.5', sameAs: ['gpt-image-1.5-2025-12-16', 'chatgpt-image-latest'], facts: {} },
  {
    model: 'gpt-image-2',
    sameAs: ['gpt-image-2-2026-04-21'],
    facts: { imageOutputNanoUsdPerMTok: 30_000_000_000 },
  },
  embedding('text-embedding-3-large'),
  embedding('text-embedding-3-small'),
  embedding('text-embedding-ada-002'),
  {
    model: 'omni-moderation-latest',
    sameAs: ['omni-moderation-2024-09-26'],
    facts: {
      inputNanoUsdPerMTok: 0,
      outputNanoUsdPerMTok: 0,
      contextWindowTokens: 32_768,
      isReasoning: false,
    },
    note: 'OpenAI charges nothing for moderation',
  },
]

function fourOne(): Pick<ShippedModel, 'facts' | 'decided'> {
  return {
    facts: { ...limits(1_047_576, 32_768, false), ...CONTAINERS },
    decided: {
      contextWindowTokens: { value: 1_047_576, because: 'OpenAI names the exact figure, one list rounds it' },
    },
  }
}

function largeOfTwoWindows(): Pick<ShippedModel, 'facts' | 'decided'> {
  return {
    facts: { ...LARGE, ...CONTAINERS },
    decided: {
      contextWindowTokens: { value: 1_050_000, because: 'OpenAI names the exact figure, one list rounds it' },
    },
  }
}
