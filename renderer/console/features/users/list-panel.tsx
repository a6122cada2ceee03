// A panel with a list in its four states, for the parts of a person's page.
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Section } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'

interface ListPanelProps<Row> {
  readonly title: string
  readonly actions?: ReactNode
  readonly query: UseQueryResult<{ readonly rows: readonly Row[] }>
  /** One line: what would stand here. */
  readonly empty: string
  readonly children: (rows: readonly Row[]) => ReactNode
}

export function ListPanel<Row>({ title, actions, query, empty, children }: ListPanelProps<Row>) {
  const rows = query.data?.rows
  return (
    <Section title={title} actions={actions}>
      {query.isPending ? <SkeletonRows rows={3} /> : undefined}
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      ) : undefined}
      {rows?.length === 0 && !query.isError ? (
        <div className="pb sec">
          <p>{empty}</p>
        </div>
      ) : undefined}
      {rows !== undefined && rows.length > 0 && !query.isError ? children(rows) : undefined}
    </Section>
  )
}
