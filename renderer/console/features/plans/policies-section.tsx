// The request policies of the roles and of the plans, where those of people and keys are with them.
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { PolicyDialog, type PolicySubject } from '../../../policy/policy-dialog.tsx'
import { PolicyFacts } from '../../../policy/policy-facts.tsx'
import { usePolicyWords } from '../../../policy/words.ts'
import styles from './plans.module.css'
import { useWords } from './words.ts'

export function PoliciesSection() {
  const t = useWords()
  const plans = useAsk('plans.list', { includeArchived: false })
  const [edited, setEdited] = useState<PolicySubject>()
  const subjects: readonly PolicySubject[] = [
    { scope: 'role', subjectId: 'user', name: t('role_user') },
    { scope: 'role', subjectId: 'admin', name: t('role_admin') },
    ...(plans.data?.rows ?? []).map(({ id, name }) => ({ scope: 'plan' as const, subjectId: id, name })),
  ]
  return (
    <div className={styles.policies}>
      {subjects.map((subject) => (
        <PolicyPanel key={`${subject.scope} ${subject.subjectId}`} subject={subject} onChange={setEdited} />
      ))}
      {plans.isError ? (
        <ErrorState error={plans.error} onRetry={() => void plans.refetch()} isRetrying={plans.isFetching} />
      ) : undefined}
      {edited ? <PolicyDialog subject={edited} onClose={() => setEdited(undefined)} /> : undefined}
    </div>
  )
}

interface PolicyPanelProps {
  readonly subject: PolicySubject
  readonly onChange: (subject: PolicySubject) => void
}

function PolicyPanel({ subject, onChange }: PolicyPanelProps) {
  const t = useWords()
  const policy = usePolicyWords()
  const { scope, subjectId, name } = subject
  const query = useAsk('policies.get', { scope, subjectId })
  return (
    <Section
      title={`${policy('policy')} · ${name}`}
      meta={t(`scope_${scope}`)}
      actions={
        <Button size="sm" onClick={() => onChange(subject)}>
          {policy('change')}
        </Button>
      }
    >
      {query.isPending ? <SkeletonRows rows={4} /> : undefined}
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      ) : undefined}
      {query.data === undefined || query.isError ? undefined : (
        <PanelBody>
          <PolicyFacts view={query.data} />
        </PanelBody>
      )}
    </Section>
  )
}
