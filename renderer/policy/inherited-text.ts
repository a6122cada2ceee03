// What a rule would be without a word of its own, and who says so.
import type { SubjectPolicyView } from '../../contract/request-policy.ts'
import type { ToolRule } from './policy-draft.ts'
import { usePolicyWords } from './words.ts'

type Inherited = SubjectPolicyView['inherited']

export interface RuleTexts {
  readonly tool: (isPermitted: boolean) => string
  readonly stores: (ids: readonly string[]) => string
  readonly tiers: (tiers: Inherited['serviceTiers']['value']) => string
  readonly store: (store: Inherited['store']['value']) => string
  readonly calls: (calls: number | null) => string
}

export function useRuleTexts(): RuleTexts {
  const t = usePolicyWords()
  return {
    tool: (isPermitted) => t(isPermitted ? 'permitted' : 'refused'),
    stores: (ids) => (ids.length === 0 ? t('none') : ids.join(', ')),
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
        return texts.stores(inherited.vectorStoreIds.value)
      case 'serviceTiers':
        return texts.tiers(inherited.serviceTiers.value)
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
