// The request policy of one role, plan or person: what holds now and whose word it is, and the form for their own.
import { type ReactNode, useState } from 'react'
import { useAsk } from '../client/hooks.ts'
import { Button } from '../kit/button.tsx'
import { PanelBody, Section } from '../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../kit/states.tsx'
import { PolicyDialog, type PolicySubject } from './policy-dialog.tsx'
import { PolicyFacts } from './policy-facts.tsx'
import { usePolicyWords } from './words.ts'

interface PolicySectionProps {
  readonly subject: PolicySubject
  /** Beside the title, where several stand together. */
  readonly meta?: ReactNode
}

/** For screens that load the catalogue `policy`. */
export function PolicySection({ subject, meta }: PolicySectionProps) {
  const t = usePolicyWords()
  const { scope, subjectId, name } = subject
  const query = useAsk('policies.get', { scope, subjectId })
  const [isEditing, setIsEditing] = useState(false)
  return (
    <Section
      title={meta === undefined ? t('policy') : `${t('policy')} · ${name}`}
      meta={meta}
      actions={
        <Button size="sm" onClick={() => setIsEditing(true)}>
          {t('change')}
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
      {isEditing ? <PolicyDialog subject={subject} onClose={() => setIsEditing(false)} /> : undefined}
    </Section>
  )
}
