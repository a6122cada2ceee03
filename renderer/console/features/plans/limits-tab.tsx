// Rate limits by role, plan, person and key; beside them what one person uses right now.
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, usePaged } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Section } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Pager, Table } from '../../../kit/table.tsx'
import { LimitsDialog } from '../../../limits-form/limits-dialog.tsx'
import { LimitWords } from './limit-words.tsx'
import styles from './plans.module.css'
import { PoliciesSection } from './policies-section.tsx'
import { UsageNow } from './usage-now.tsx'
import { useWords } from './words.ts'

type SubjectLimits = CallOutput<'limits.list'>['rows'][number]

export function LimitsTab() {
  const t = useWords()
  const { query, paging } = usePaged('limits.list', {})
  const plans = useAsk('plans.list', { includeArchived: true })
  const [edited, setEdited] = useState<SubjectLimits>()
  const planName = (id: string) => plans.data?.rows.find((plan) => plan.id === id)?.name
  const nameOf = ({ scope, subjectId }: SubjectLimits) => {
    if (scope === 'role') return t(subjectId === 'admin' ? 'role_admin' : 'role_user')
    return scope === 'plan' ? (planName(subjectId) ?? subjectId) : subjectId
  }
  const rows = query.data?.rows ?? []
  return (
    <div className={styles.codes}>
      <Section title={t('tab_limits')}>
        {query.isPending ? <SkeletonRows rows={4} /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {rows.length > 0 && !query.isError ? (
          <>
            <Table
              label={t('tab_limits')}
              rows={rows}
              keyOf={({ scope, subjectId }) => `${scope} ${subjectId}`}
              columns={[
                { name: 'scope', head: t('scope'), cell: ({ scope }) => t(`scope_${scope}`) },
                {
                  name: 'subject',
                  head: t('subject'),
                  cell: (row) =>
                    row.scope === 'user' ? (
                      <PersonName userId={row.subjectId} />
                    ) : (
                      <span className={row.scope === 'key' ? 'mono' : 'm'}>{nameOf(row)}</span>
                    ),
                },
                {
                  name: 'limits',
                  head: t('limits'),
                  cell: ({ rules }) => (
                    <span className={styles.wide}>
                      <LimitWords rules={rules} none={<span className="quiet">{t('noLimits')}</span>} />
                    </span>
                  ),
                },
                {
                  name: 'changed',
                  head: t('changed'),
                  cell: ({ updatedAt }) =>
                    updatedAt === null ? (
                      <span className="quiet">{t('shipped')}</span>
                    ) : (
                      <Time atMs={updatedAt} />
                    ),
                },
                {
                  name: 'actions',
                  head: t('editLimits'),
                  inCard: 'actions',
                  cell: (row) => (
                    <IconButton
                      label={t('editLimitsNamed', { name: nameOf(row) })}
                      onClick={() => setEdited(row)}
                    >
                      <Pencil size={15} />
                    </IconButton>
                  ),
                },
              ]}
            />
            <Pager paging={paging} />
          </>
        ) : undefined}
      </Section>
      <UsageNow />
      <PoliciesSection />
      {edited === undefined ? undefined : (
        <LimitsDialog
          subject={{ scope: edited.scope, subjectId: edited.subjectId, name: nameOf(edited) }}
          rules={edited.rules}
          onClose={() => setEdited(undefined)}
        />
      )}
    </div>
  )
}

function PersonName({ userId }: { readonly userId: string }) {
  const user = useAsk('users.get', { userId })
  return user.data === undefined ? (
    <code className="mono quiet">{userId}</code>
  ) : (
    <span className="m">{user.data.email}</span>
  )
}
