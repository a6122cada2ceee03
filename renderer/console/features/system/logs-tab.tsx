// The gateway's log, newest first: this level and the graver ones, searched by the gateway.
import { usePaged } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { FilterBar } from '../../../kit/page.tsx'
import { SearchInput } from '../../../kit/search-input.tsx'
import { Select } from '../../../kit/select.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, NoResults, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { LEVELS, PARAMS } from './params.ts'
import styles from './system.module.css'
import { useWords } from './words.ts'

const SHAPES: Readonly<Record<(typeof LEVELS)[number], Status>> = {
  debug: 'off',
  info: 'info',
  warn: 'warn',
  error: 'bad',
}

export function LogsTab() {
  const t = useWords()
  const [{ level = 'info', search }, setParams] = useSearchParams(PARAMS)
  const { query, paging } = usePaged('system.logs', {
    level,
    ...(search === '' ? {} : { search }),
    limit: 100,
  })
  const rows = query.data?.rows ?? []
  // So much is read at a time: a page may have no line that fits, and more pages after it.
  const isFiltered = level !== 'info' || search !== ''
  const isSparse = query.isSuccess && rows.length === 0 && paging.hasOlder
  return (
    <>
      <div className="row sb g12 wrap">
        <FilterBar>
          <SearchInput
            label={t('logSearch')}
            value={search}
            onChange={(text) => setParams({ search: text })}
          />
          <Select
            label={t('logLevel')}
            value={level}
            options={LEVELS.map((value) => ({ value, label: t(`logFrom_${value}`) }))}
            onChange={(value) => setParams({ level: value === 'info' ? undefined : value })}
          />
        </FilterBar>
        <Button size="sm" onClick={() => void query.refetch()} isWorking={query.isFetching}>
          {t('refresh')}
        </Button>
      </div>
      <div className="panel">
        {query.isPending ? <SkeletonRows /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {isSparse ? (
          <div className="noresults" role="status">
            <span>{t('logSparse')}</span>
            <Button size="sm" onClick={paging.older}>
              {t('logOlder')}
            </Button>
          </div>
        ) : undefined}
        {query.isSuccess && rows.length === 0 && !isSparse && !isFiltered ? (
          <p className={`help ${styles.empty}`}>{t('logEmpty')}</p>
        ) : undefined}
        {query.isSuccess && rows.length === 0 && !isSparse && isFiltered ? (
          <NoResults onClear={() => setParams({ level: undefined, search: '' })} />
        ) : undefined}
        <ol>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a log have no id, and many have the same moment
            <li key={index} className={styles.line}>
              <StatusShape status={SHAPES[row.level]}>{t(`level_${row.level}`)}</StatusShape>
              <span className="meta nw">
                <Time atMs={row.at} />
              </span>
              <span className="grow">
                <span>{row.message}</span> <code className="mono wrap quiet">{fieldsText(row.fields)}</code>
              </span>
            </li>
          ))}
        </ol>
        <Pager paging={paging} />
      </div>
    </>
  )
}

/** `name=value`, as a person greps it. A text that could pass for further fields, such as a model's name, is in quotes. */
const fieldsText = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' && !/[\s="]/.test(value) ? value : JSON.stringify(value)}`,
    )
    .join(' ')
