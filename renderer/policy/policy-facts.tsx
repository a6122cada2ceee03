// What holds for one role, plan or person, rule by rule, and whose word it is.
import { POLICY_RULES, type SubjectPolicyView } from '../../contract/request-policy.ts'
import { useRuleTexts } from './inherited-text.ts'
import { usePolicyWords } from './words.ts'

export function PolicyFacts({ view }: { readonly view: SubjectPolicyView }) {
  const t = usePolicyWords()
  const texts = useRuleTexts()
  const { policy, inherited, scope } = view
  const shown = {
    webSearch: texts.tool(policy.webSearch ?? inherited.webSearch.value),
    fileSearch: texts.tool(policy.fileSearch ?? inherited.fileSearch.value),
    codeInterpreter: texts.tool(policy.codeInterpreter ?? inherited.codeInterpreter.value),
    imageGeneration: texts.tool(policy.imageGeneration ?? inherited.imageGeneration.value),
    vectorStoreIds: texts.ids(policy.vectorStoreIds ?? inherited.vectorStoreIds.value),
    promptIds: texts.ids(policy.promptIds ?? inherited.promptIds.value),
    serviceTiers: texts.tiers(policy.serviceTiers ?? inherited.serviceTiers.value),
    store: texts.store(policy.store ?? inherited.store.value),
    maxToolCalls: texts.calls(policy.maxToolCalls ?? inherited.maxToolCalls.value),
  }
  return POLICY_RULES.map((rule) => (
    <div className="ln" key={rule}>
      <span className="k">{t(rule)}</span>
      <span className="dots" />
      <span>{shown[rule]}</span>
      <span className="quiet">{t(`from_${policy[rule] === undefined ? inherited[rule].from : scope}`)}</span>
    </div>
  ))
}
