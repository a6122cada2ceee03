// Rate limits by role, plan, person and key; beside them what one person uses right now.
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { usePaged } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { Section } from '../../../kit/page.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { useSortChoice } from '../../../kit/sorting.ts'
import { ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager, Table } from '../../../kit/table.tsx'
import { LimitsDialog } from '../../../limits-form/limits-dialog.tsx'
import { LimitWords } from './limit-words.tsx'
import styles from './plans.module.css'
import { PoliciesSection } from './policies-section.tsx'
import { UsageNow } from './usage-now.tsx'
import { useWords } from './words.ts'

const SCOPES = ['role', 'plan', 'user', 'key'] as const
const SORTS = ['scope', 'updatedAt'] as const
type SubjectLimits = CallOutput<'limits.list'>['rows'][number]

export function LimitsTab() {
  const t = useWords()
  const [scope, setScope] = useState<(typeof SCOPES)[number]>()
  const { choice, table } = useSortChoice(SORTS, 'asc')
  const { query, paging } = usePaged('limits.list', { ...choice, ...(scope === undefined ? {} : { scope }) })
  const [edited, setEdited] = useState<SubjectLimits>()
  const nameOf = ({ scope, subjectId, subjectName }: SubjectLimits) =>
    scope === 'role' ? t(subjectId === 'admin' ? 'role_admin' : 'role_user') : (subjectName ?? subjectId)
  const rows = query.data?.rows ?? []
  return (
    <div className={styles.codes}>
      <Section
        title={t('tab_limits')}
        actions={
          <FilterSelect
            label={t('scope')}
            value={scope}
            options={SCOPES.map((value) => ({ value, label: t(`scope_${value}`) }))}
            onChange={setScope}
          />
        }
      >
        {query.isPending ? <SkeletonRows rows={4} /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {query.isSuccess && rows.length === 0 ? <NoResults onClear={() => setScope(undefined)} /> : undefined}
        {rows.length > 0 && !query.isError ? (
          <>
            <Table
              label={t('tab_limits')}
              rows={rows}
              keyOf={({ scope, subjectId }) => `${scope} ${subjectId}`}
              {...table}
              columns={[
                { name: 'scope', head: t('scope'), sort: 'scope', cell: ({ scope }) => t(`scope_${scope}`) },
                {
                  name: 'subject',
                  head: t('subject'),
                  cell: (row) => (
                    <span className={row.scope !== 'role' && row.subjectName === null ? 'mono quiet' : 'm'}>
                      {nameOf(row)}
                    </span>
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
                  sort: 'updatedAt',
                  isTime: true,
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
