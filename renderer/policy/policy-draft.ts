// A request policy while it is edited: each rule is inherited or says something itself.
import {
  POLICY_TIERS,
  type PolicyTier,
  type RequestPolicy,
  type Storing,
  TOOL_CALLS_MAX,
} from '../../contract/request-policy.ts'

export const TOOL_RULES = ['webSearch', 'fileSearch', 'codeInterpreter', 'imageGeneration'] as const
export type ToolRule = (typeof TOOL_RULES)[number]
export type Choice = 'inherited' | 'permitted' | 'refused'

export interface PolicyDraft {
  readonly tools: Readonly<Record<ToolRule, Choice>>
  /** One id on a line; undefined where it is inherited. */
  readonly stores: string | undefined
  readonly tiers: readonly PolicyTier[] | undefined
  readonly store: 'inherited' | Storing
  /** Undefined where it is inherited, NaN while there is no number. */
  readonly calls: number | undefined
}

const choiceOf = (isPermitted: boolean | undefined): Choice => {
  if (isPermitted === undefined) return 'inherited'
  return isPermitted ? 'permitted' : 'refused'
}

export const toDraft = (policy: RequestPolicy): PolicyDraft => ({
  tools: {
    webSearch: choiceOf(policy.webSearch),
    fileSearch: choiceOf(policy.fileSearch),
    codeInterpreter: choiceOf(policy.codeInterpreter),
    imageGeneration: choiceOf(policy.imageGeneration),
  },
  stores: policy.vectorStoreIds?.join('\n'),
  tiers: policy.serviceTiers,
  store: policy.store ?? 'inherited',
  calls: policy.maxToolCalls,
})

const storesIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter((id) => id !== ''))]

/** Only what is said; the rest is inherited. */
export function toPolicy({ tools, stores, tiers, store, calls }: PolicyDraft): RequestPolicy {
  const said = TOOL_RULES.filter((rule) => tools[rule] !== 'inherited')
  return {
    ...Object.fromEntries(said.map((rule) => [rule, tools[rule] === 'permitted'])),
    ...(stores === undefined ? {} : { vectorStoreIds: storesIn(stores) }),
    ...(tiers === undefined ? {} : { serviceTiers: POLICY_TIERS.filter((tier) => tiers.includes(tier)) }),
    ...(store === 'inherited' ? {} : { store }),
    ...(calls === undefined ? {} : { maxToolCalls: calls }),
  }
}

export const areCallsSound = ({ calls }: PolicyDraft): boolean =>
  calls === undefined || (Number.isInteger(calls) && calls >= 1 && calls <= TOOL_CALLS_MAX)
