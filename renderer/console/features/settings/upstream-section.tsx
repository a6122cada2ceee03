// The upstream: where requests go, with which key, how it has been doing, and what was wrong with it lately.

import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { Count, Time } from '../../../kit/amounts.tsx'
import { Facts, PanelBody, Section } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Table } from '../../../kit/table.tsx'
import { useUpstreamProblemWords } from '../../../words/upstream-problems/upstream-problem-words.ts'
import type { Draft } from './kept-form.ts'
import styles from './settings.module.css'
import { type TypedUpstream, UpstreamForm } from './upstream-form.tsx'
import { UpstreamList } from './upstream-list.tsx'
import { decideHealth } from './upstream-state.ts'
import { useWords } from './words.ts'

type Upstream = CallOutput<'upstreams.get'>

export function UpstreamSection({ draft }: { readonly draft: Draft<TypedUpstream> }) {
  const upstream = useAsk('upstreams.get', {})
  useRefreshOn('upstream.health', ['upstreams.get'])
  if (upstream.isPending) return <SkeletonRows />
  if (upstream.isError) {
    return (
      <ErrorState
        error={upstream.error}
        onRetry={() => void upstream.refetch()}
        isRetrying={upstream.isFetching}
      />
    )
  }
  const { kind, baseUrl } = upstream.data
  return (
    <>
      <div className={styles.columns}>
        <UpstreamForm key={`${kind} ${baseUrl}`} upstream={upstream.data} draft={draft} />
        <div className="col g12">
          <Health upstream={upstream.data} />
          <LastErrors upstream={upstream.data} />
        </div>
      </div>
      <UpstreamList />
    </>
  )
}

function Health({ upstream }: { readonly upstream: Upstream }) {
  const t = useWords()
  const { key, health } = upstream
  const [shape, word] = decideHealth(health)
  const never = <span className="quiet">{t('neverYet')}</span>
  return (
    <Section title={t('health')}>
      <PanelBody>
        <Facts
          facts={[
            { name: t('healthNow'), value: <StatusShape status={shape}>{t(word)}</StatusShape> },
            {
              name: t('lastSuccess'),
              value: health.lastSuccessAt === null ? never : <Time atMs={health.lastSuccessAt} />,
            },
            {
              name: t('lastFailure'),
              value: health.lastFailureAt === null ? never : <Time atMs={health.lastFailureAt} />,
            },
            { name: t('keyKept'), value: t(KEPT_IN[key.keptIn]) },
          ]}
        />
      </PanelBody>
    </Section>
  )
}

/** The words for each kind of secret store that a host has. */
const KEPT_IN = {
  'OS keychain': 'keptInKeychain',
  'encrypted file': 'keptInFile',
  'environment, then OS keychain': 'keptInEnvironmentKeychain',
  'environment, then encrypted file': 'keptInEnvironmentFile',
} as const satisfies Readonly<Record<Upstream['key']['keptIn'], string>>

function LastErrors({ upstream }: { readonly upstream: Upstream }) {
  const t = useWords()
  const problem = useUpstreamProblemWords()
  const { errors } = upstream.health
  return (
    <Section title={t('lastErrors')} meta={t('sinceStart')}>
      {errors.length === 0 ? (
        <PanelBody>
          <p className="help">{t('noErrors')}</p>
        </PanelBody>
      ) : (
        <Table
          label={t('lastErrors')}
          rows={errors}
          keyOf={({ code, firstAt }) => `${code} ${firstAt}`}
          columns={[
            {
              name: 'what',
              head: t('what'),
              cell: (error) => <span className={styles.says}>{problem(error)}</span>,
            },
            { name: 'count', head: t('times'), isNumber: true, cell: ({ count }) => <Count value={count} /> },
            { name: 'last', head: t('last'), cell: ({ lastAt }) => <Time atMs={lastAt} /> },
          ]}
        />
      )}
    </Section>
  )
}
