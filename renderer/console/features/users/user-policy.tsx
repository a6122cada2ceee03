// The request policy of one person: what holds now and whose word it is, and the form for their own.
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { PolicyDialog } from '../../../policy/policy-dialog.tsx'
import { PolicyFacts } from '../../../policy/policy-facts.tsx'
import { usePolicyWords } from '../../../policy/words.ts'
import type { UserRow } from './user-status.ts'

export function UserPolicy({ user }: { readonly user: UserRow }) {
  const t = usePolicyWords()
  const query = useAsk('policies.get', { scope: 'user', subjectId: user.id })
  const [isEditing, setIsEditing] = useState(false)
  return (
    <Section
      title={t('policy')}
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
      {isEditing ? (
        <PolicyDialog
          subject={{ scope: 'user', subjectId: user.id, name: user.email }}
          onClose={() => setIsEditing(false)}
        />
      ) : undefined}
    </Section>
  )
}
