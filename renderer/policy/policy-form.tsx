// The rules of one role, plan, person or key as a form: each inherited, with whose it is, or said here. A key is offered only
// what narrows.
import { type ReactNode, useId } from 'react'
import {
  POLICY_TIERS,
  type PolicyTier,
  STORING,
  type SubjectPolicyView,
} from '../../contract/request-policy.ts'
import { Checkbox } from '../kit/choices.tsx'
import { NumberInput } from '../kit/number-input.tsx'
import { Select } from '../kit/select.tsx'
import { TextArea } from '../kit/text-input.tsx'
import { useInheritedText } from './inherited-text.ts'
import styles from './policy.module.css'
import {
  areCallsSound,
  type Choice,
  type IdRule,
  type PolicyDraft,
  TOOL_RULES,
  type ToolRule,
} from './policy-draft.ts'
import { usePolicyWords } from './words.ts'

interface PolicyFormProps {
  readonly view: SubjectPolicyView
  readonly draft: PolicyDraft
  readonly onChange: (draft: PolicyDraft) => void
}

export function PolicyForm({ view, draft, onChange }: PolicyFormProps) {
  const t = usePolicyWords()
  const props = { view, draft, onChange }
  return (
    <div className={styles['lines']}>
      <h3>{t('tools')}</h3>
      {TOOL_RULES.map((rule) => (
        <ToolLine key={rule} rule={rule} {...props} />
      ))}
      <IdsLine rule="vectorStoreIds" {...props} />
      <CallsLine {...props} />
      <IdsLine rule="promptIds" {...props} />
      <TiersLine {...props} />
      <StoreLine {...props} />
    </div>
  )
}

const isKey = ({ scope }: SubjectPolicyView): boolean => scope === 'key'

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles['line']}>
      <span className={styles['name']}>{name}</span>
      <div className={styles['value']}>{children}</div>
    </div>
  )
}

function ToolLine({ rule, view, draft, onChange }: PolicyFormProps & { readonly rule: ToolRule }) {
  const t = usePolicyWords()
  const inherited = useInheritedText(view.inherited)
  const choices: readonly Choice[] = isKey(view)
    ? ['inherited', 'refused']
    : ['inherited', 'permitted', 'refused']
  return (
    <Line name={t(rule)}>
      <Select
        label={t(rule)}
        value={isKey(view) && draft.tools[rule] === 'permitted' ? 'inherited' : draft.tools[rule]}
        options={choices.map((value) => ({
          value,
          label: value === 'inherited' ? inherited(rule) : t(value),
        }))}
        onChange={(choice) => onChange({ ...draft, tools: { ...draft.tools, [rule]: choice } })}
      />
    </Line>
  )
}

type OwnOrNot = 'inherited' | 'own'

function IdsLine({ rule, view, draft, onChange }: PolicyFormProps & { readonly rule: IdRule }) {
  const t = usePolicyWords()
  const inherited = useInheritedText(view.inherited)
  const helpId = useId()
  const text = draft.ids[rule]
  const set = (ids: string | undefined) => onChange({ ...draft, ids: { ...draft.ids, [rule]: ids } })
  return (
    <Line name={t(rule)}>
      <Select<OwnOrNot>
        label={t(rule)}
        value={text === undefined ? 'inherited' : 'own'}
        options={[
          { value: 'inherited', label: inherited(rule) },
          { value: 'own', label: t('these') },
        ]}
        onChange={(how) => set(how === 'own' ? (text ?? '') : undefined)}
      />
      {text === undefined ? undefined : (
        <>
          <TextArea rows={3} aria-label={t(rule)} aria-describedby={helpId} value={text} onChange={set} />
          <span id={helpId} className="help">
            {t(`help_${rule}`)}
          </span>
        </>
      )}
    </Line>
  )
}

function CallsLine({ view, draft, onChange }: PolicyFormProps) {
  const t = usePolicyWords()
  const inherited = useInheritedText(view.inherited)
  const { calls } = draft
  return (
    <Line name={t('maxToolCalls')}>
      <Select<OwnOrNot>
        label={t('maxToolCalls')}
        value={calls === undefined ? 'inherited' : 'own'}
        options={[
          { value: 'inherited', label: inherited('maxToolCalls') },
          { value: 'own', label: t('atMost') },
        ]}
        onChange={(how) => onChange({ ...draft, calls: how === 'own' ? Number.NaN : undefined })}
      />
      {calls === undefined ? undefined : (
        <NumberInput
          aria-label={`${t('maxToolCalls')}: ${t('atMost')}`}
          value={Number.isNaN(calls) ? undefined : calls}
          onChange={(typed) => onChange({ ...draft, calls: typed ?? Number.NaN })}
        />
      )}
      {areCallsSound(draft) ? undefined : <span className="help err">{t('callsProblem')}</span>}
    </Line>
  )
}

function TiersLine({ view, draft, onChange }: PolicyFormProps) {
  const t = usePolicyWords()
  const inherited = useInheritedText(view.inherited)
  const { tiers } = draft
  const above = view.inherited.serviceTiers.value
  const offered = isKey(view) ? POLICY_TIERS.filter((tier) => above.includes(tier)) : POLICY_TIERS
  const set = (tier: PolicyTier, isOn: boolean) => {
    const others = (tiers ?? []).filter((other) => other !== tier)
    onChange({ ...draft, tiers: isOn ? [...others, tier] : others })
  }
  return (
    <Line name={t('serviceTiers')}>
      <Select<OwnOrNot>
        label={t('serviceTiers')}
        value={tiers === undefined ? 'inherited' : 'own'}
        options={[
          { value: 'inherited', label: inherited('serviceTiers') },
          { value: 'own', label: t('these') },
        ]}
        onChange={(how) => onChange({ ...draft, tiers: how === 'own' ? [...above] : undefined })}
      />
      {tiers === undefined ? undefined : (
        <div className={styles['ticks']}>
          {offered.map((tier) => (
            <Checkbox key={tier} isOn={tiers.includes(tier)} onChange={(isOn) => set(tier, isOn)}>
              {t(`tier_${tier}`)}
            </Checkbox>
          ))}
        </div>
      )}
    </Line>
  )
}

function StoreLine({ view, draft, onChange }: PolicyFormProps) {
  const t = usePolicyWords()
  const inherited = useInheritedText(view.inherited)
  const above = STORING.indexOf(view.inherited.store.value)
  const offered = isKey(view) ? STORING.filter((_, strictness) => strictness > above) : STORING
  const shown = offered.find((value) => value === draft.store)
  return (
    <Line name={t('store')}>
      <Select<PolicyDraft['store']>
        label={t('store')}
        value={shown ?? 'inherited'}
        options={[
          { value: 'inherited', label: inherited('store') },
          ...offered.map((value) => ({ value, label: t(`store_${value}`) })),
        ]}
        onChange={(store) => onChange({ ...draft, store })}
      />
      <span className="help">{t('storeHelp')}</span>
    </Line>
  )
}
