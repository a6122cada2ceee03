// What a rule would be without a word of its own, and who says so.
import { POLICY_TIERS, type SubjectPolicyView } from '../../contract/request-policy.ts'
import type { ToolRule } from './policy-draft.ts'
import { usePolicyWords } from './words.ts'

type Inherited = SubjectPolicyView['inherited']

export interface RuleTexts {
  readonly tool: (isPermitted: boolean) => string
  readonly ids: (ids: readonly string[]) => string
  readonly tiers: (tiers: Inherited['serviceTiers']['value']) => string
  readonly store: (store: Inherited['store']['value']) => string
  readonly calls: (calls: number | null) => string
}

export function useRuleTexts(): RuleTexts {
  const t = usePolicyWords()
  return {
    tool: (isPermitted) => t(isPermitted ? 'permitted' : 'refused'),
    ids: (ids) => (ids.length === 0 ? t('none') : ids.join(', ')),
    tiers: (tiers) =>
      tiers.length === 0 ? t('none') : tiers.map((tier) => t(`tier_${tier}`)).join(t('listComma')),
    store: (store) => t(`store_${store}`),
    calls: (calls) => (calls === null ? t('noCalls') : t('calls', { count: calls })),
  }
}

/** Such as "permitted (from the plan)". */
export function useInheritedText(inherited: Inherited): (rule: keyof Inherited) => string {
  const t = usePolicyWords()
  const texts = useRuleTexts()
  const whatOf = (rule: keyof Inherited): string => {
    switch (rule) {
      case 'vectorStoreIds':
      case 'promptIds':
        return texts.ids(inherited[rule].value)
      case 'serviceTiers': {
        const tiers = inherited.serviceTiers.value
        // All their names leave no room for whose word it is.
        return tiers.length === POLICY_TIERS.length ? t('allTiers') : texts.tiers(tiers)
      }
      case 'store':
        return texts.store(inherited.store.value)
      case 'maxToolCalls':
        return texts.calls(inherited.maxToolCalls.value)
      default:
        return texts.tool(inherited[rule satisfies ToolRule].value)
    }
  }
  return (rule) => t('inherited', { what: whatOf(rule), from: t(`from_${inherited[rule].from}`) })
}
