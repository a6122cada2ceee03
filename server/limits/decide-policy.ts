// Decides what a caller's requests may ask for: of each rule the most specific one (role → plan → user) wins, and then the key
// narrows it. Pure.
import {
  type HostedTool,
  POLICY_RULES,
  type PolicyOrigin,
  type PolicyRule,
  type PolicyTier,
  type PolicyValues,
  type RequestPolicy,
  SHIPPED_POLICY,
  STORING,
} from '../../contract/request-policy.ts'

/** The policies that are set for one caller, from the least specific to the most specific. */
export interface CallerPolicies {
  readonly role: RequestPolicy | undefined
  readonly plan: RequestPolicy | undefined
  readonly user: RequestPolicy | undefined
  readonly key: RequestPolicy | undefined
}

export interface EffectivePolicy {
  readonly values: PolicyValues
  /** Who each of them is from. A key that says no less than is allowed anyway has no part in it. */
  readonly from: Readonly<Record<PolicyRule, PolicyOrigin>>
}

const OVERRIDING = ['role', 'plan', 'user'] as const

export function decideEffectivePolicy(policies: Partial<CallerPolicies>): EffectivePolicy {
  let effective: EffectivePolicy = { values: SHIPPED_POLICY, from: ALL_SHIPPED }
  for (const scope of OVERRIDING) {
    const policy = policies[scope]
    for (const rule of POLICY_RULES) {
      if (policy?.[rule] !== undefined) effective = withRule(effective, rule, policy[rule], scope)
    }
  }
  const { key } = policies
  if (!key) return effective
  for (const rule of POLICY_RULES) {
    const narrowed = narrowedBy(key, effective.values, rule)
    if (!isSame(narrowed, effective.values[rule])) effective = withRule(effective, rule, narrowed, 'key')
  }
  return effective
}

// The members are exactly the rules.
const ALL_SHIPPED = Object.fromEntries(POLICY_RULES.map((rule) => [rule, 'shipped'])) as Record<
  PolicyRule,
  PolicyOrigin
>

const withRule = (
  { values, from }: EffectivePolicy,
  rule: PolicyRule,
  value: PolicyValues[PolicyRule],
  origin: PolicyOrigin,
): EffectivePolicy => ({ values: { ...values, [rule]: value }, from: { ...from, [rule]: origin } })

function narrowedBy(key: RequestPolicy, values: PolicyValues, rule: PolicyRule): PolicyValues[PolicyRule] {
  switch (rule) {
    case 'webSearch':
    case 'fileSearch':
    case 'codeInterpreter':
    case 'imageGeneration':
      return values[rule] && key[rule] !== false
    case 'vectorStoreIds':
    case 'promptIds':
      return within(values[rule], key[rule])
    case 'serviceTiers':
      return within(values.serviceTiers, key.serviceTiers)
    case 'store':
      return (
        STORING[Math.max(STORING.indexOf(values.store), STORING.indexOf(key.store ?? 'allow'))] ?? 'refuse'
      )
    case 'maxToolCalls':
      return lower(values.maxToolCalls, key.maxToolCalls)
  }
}

const within = <Value extends string>(
  allowed: readonly Value[],
  key: readonly Value[] | undefined,
): readonly Value[] => (key === undefined ? allowed : allowed.filter((value) => key.includes(value)))

const lower = (one: number | null, other: number | undefined): number | null =>
  one === null || other === undefined ? (one ?? other ?? null) : Math.min(one, other)

const isSame = (one: PolicyValues[PolicyRule], other: PolicyValues[PolicyRule]): boolean =>
  // A narrowed list is a part of the other one, in its order.
  Array.isArray(one) && Array.isArray(other) ? one.length === other.length : one === other

const RULE_OF: Readonly<
  Record<HostedTool, 'webSearch' | 'fileSearch' | 'codeInterpreter' | 'imageGeneration'>
> = {
  web_search: 'webSearch',
  file_search: 'fileSearch',
  code_interpreter: 'codeInterpreter',
  image_generation: 'imageGeneration',
}

export const isToolPermitted = (policy: PolicyValues, tool: HostedTool): boolean => policy[RULE_OF[tool]]

export const isTierPermitted = (policy: PolicyValues, tier: string): boolean =>
  tier === 'default' || policy.serviceTiers.includes(tier as PolicyTier)
