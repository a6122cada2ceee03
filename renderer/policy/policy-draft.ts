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
/** Rules that are lists of ids of what the operator keeps upstream. */
export const ID_RULES = ['vectorStoreIds', 'promptIds'] as const
export type IdRule = (typeof ID_RULES)[number]
export type Choice = 'inherited' | 'permitted' | 'refused'

export interface PolicyDraft {
  readonly tools: Readonly<Record<ToolRule, Choice>>
  /** One id on a line; undefined where it is inherited. */
  readonly ids: Readonly<Record<IdRule, string | undefined>>
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
  ids: {
    vectorStoreIds: policy.vectorStoreIds?.join('\n'),
    promptIds: policy.promptIds?.join('\n'),
  },
  tiers: policy.serviceTiers,
  store: policy.store ?? 'inherited',
  calls: policy.maxToolCalls,
})

const idsIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter((id) => id !== ''))]

/** Only what is said; the rest is inherited. */
export function toPolicy({ tools, ids, tiers, store, calls }: PolicyDraft): RequestPolicy {
  const said = TOOL_RULES.filter((rule) => tools[rule] !== 'inherited')
  const listed = ID_RULES.flatMap((rule) => {
    const text = ids[rule]
    return text === undefined ? [] : [[rule, idsIn(text)] as const]
  })
  return {
    ...Object.fromEntries(said.map((rule) => [rule, tools[rule] === 'permitted'])),
    ...Object.fromEntries(listed),
    ...(tiers === undefined ? {} : { serviceTiers: POLICY_TIERS.filter((tier) => tiers.includes(tier)) }),
    ...(store === 'inherited' ? {} : { store }),
    ...(calls === undefined ? {} : { maxToolCalls: calls }),
  }
}

export const areCallsSound = ({ calls }: PolicyDraft): boolean =>
  calls === undefined || (Number.isInteger(calls) && calls >= 1 && calls <= TOOL_CALLS_MAX)
