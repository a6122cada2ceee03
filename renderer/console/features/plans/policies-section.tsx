// The request policies of the roles and of the plans; those of people and keys are with them.
import { useAsk } from '../../../client/hooks.ts'
import { ErrorState } from '../../../kit/states.tsx'
import type { PolicySubject } from '../../../policy/policy-dialog.tsx'
import { PolicySection } from '../../../policy/policy-section.tsx'
import styles from './plans.module.css'
import { useWords } from './words.ts'

export function PoliciesSection() {
  const t = useWords()
  const plans = useAsk('plans.list', { includeArchived: false })
  const subjects: readonly PolicySubject[] = [
    { scope: 'role', subjectId: 'user', name: t('role_user') },
    { scope: 'role', subjectId: 'admin', name: t('role_admin') },
    ...(plans.data?.rows ?? []).map(({ id, name }) => ({ scope: 'plan' as const, subjectId: id, name })),
  ]
  return (
    <div className={styles.policies}>
      {subjects.map((subject) => (
        <PolicySection
          key={`${subject.scope} ${subject.subjectId}`}
          subject={subject}
          meta={t(`scope_${subject.scope}`)}
        />
      ))}
      {plans.isError ? (
        <ErrorState error={plans.error} onRetry={() => void plans.refetch()} isRetrying={plans.isFetching} />
      ) : undefined}
    </div>
  )
}
