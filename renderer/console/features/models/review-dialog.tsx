// What new prices change, before they are written: each figure old and new, and what lately would have cost.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { PriceInput } from '../../../../contract/price.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Count, Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Shape } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import { Sentence } from '../../../words/sentence.tsx'
import { columnWords } from './column-words.ts'
import styles from './models.module.css'
import { changeText } from './rates.ts'
import { useWords } from './words.ts'

interface ReviewDialogProps {
  readonly rows: readonly PriceInput[]
  readonly onBack: () => void
  readonly onClose: () => void
}

type Preview = CallOutput<'prices.preview'>
type Previewed = Preview['rows'][number]

export function ReviewDialog({ rows, onBack, onClose }: ReviewDialogProps) {
  const t = useWords()
  const preview = useAsk('prices.preview', { rows: [...rows] })
  const { mutateAsync, isPending, error } = useChange('prices.import', [
    'prices.list',
    'prices.unpriced',
    'prices.preview',
    'models.list',
  ])
  const previewed = preview.data?.rows ?? []
  const added = previewed.filter(({ outcome }) => outcome === 'added').length
  const isRefused = previewed.some(({ outcome }) => outcome === 'refused')
  const submit = () => {
    if (preview.data === undefined || isRefused || isPending) return
    mutateAsync({ rows: [...rows], fingerprint: preview.data.fingerprint }).then(
      () => {
        toast({ text: t('approved', { count: added }) })
        onClose()
      },
      // Shown beside the button; the book may have changed meanwhile, so it is looked at again.
      () => void preview.refetch(),
    )
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('reviewTitle')}
      subtitle={t('reviewSubtitle')}
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onBack}>{t('back')}</Button>
          <Button
            type="submit"
            kind="primary"
            isWorking={isPending}
            disabled={preview.data === undefined || isRefused || added === 0}
          >
            {t('approve', { count: added })}
          </Button>
        </>
      }
    >
      {preview.isPending ? <SkeletonRows rows={3} /> : undefined}
      {preview.isError ? (
        <ErrorState
          error={preview.error}
          onRetry={() => void preview.refetch()}
          isRetrying={preview.isFetching}
        />
      ) : undefined}
      {previewed.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one model may stand in several rows, which never move
        <PreviewedRow key={index} row={row} />
      ))}
      {preview.data === undefined || added === 0 ? undefined : <RecentUse preview={preview.data} />}
      <FailureNote error={error} />
    </Dialog>
  )
}

function PreviewedRow({ row }: { readonly row: Previewed }) {
  const t = useWords()
  const words = useFailureWords()
  return (
    <section className={styles.change}>
      <div className="row sb g8">
        <code className="mono b">{row.model}</code>
        <span className="meta">
          {row.outcome === 'repeated' ? t('repeated') : <Time atMs={row.effectiveFrom} isAbsolute />}
        </span>
      </div>
      {row.problem === null ? undefined : (
        <p className="help err">
          <Shape status="bad" />
          <span>
            {row.problem.param === null ? undefined : <code className="mono">{row.problem.param} </code>}
            {words(row.problem, { isAtField: true })}
          </span>
        </p>
      )}
      {row.outcome === 'added'
        ? row.columns.map((column) => <ColumnChange key={column.column} change={column} />)
        : undefined}
      {row.outcome === 'added' && row.columns.length === 0 ? (
        <p className="help">{t('nothingChanges')}</p>
      ) : undefined}
    </section>
  )
}

function ColumnChange({ change }: { readonly change: Previewed['columns'][number] }) {
  const t = useWords()
  const { column, before, after, changePpm } = change
  return (
    <div className={styles.diff}>
      <span className="sec">{columnWords(t, column)}</span>
      <span className="old num">
        {before === null ? undefined : <Figure column={column} value={before} />}
      </span>
      <span className="num m">
        {after === null ? (
          <span className="quiet">{t('empty')}</span>
        ) : (
          <Figure column={column} value={after} />
        )}
      </span>
      <span className={`num r ${changePpm === null || changePpm > 0 ? 't-warn' : 't-ok'}`}>
        {changePpm === null ? '' : changeText(changePpm)}
      </span>
    </div>
  )
}

function Figure({ column, value }: { readonly column: string; readonly value: number | boolean }) {
  const t = useWords()
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  return column.includes('NanoUsd') ? <Money nanoUsd={value} kind="price" /> : <Count value={value} />
}

/** What lately would have cost: the figure that decides whether a change is meant. */
function RecentUse({ preview }: { readonly preview: Preview }) {
  const t = useWords()
  const used = preview.rows.filter(({ recentUse }) => recentUse.requests > 0)
  const requests = used.reduce((sum, { recentUse }) => sum + recentUse.requests, 0)
  if (requests === 0) return <p className="help">{t('notUsedLately')}</p>
  const before = used.reduce((sum, { recentUse }) => sum + (recentUse.beforeNanoUsd ?? 0), 0)
  const after = used.reduce((sum, { recentUse }) => sum + recentUse.afterNanoUsd, 0)
  return (
    <p className="well outcome">
      <span>
        <Sentence
          text={t('usedLately', { count: requests })}
          parts={{
            since: <Time atMs={preview.recent.since} />,
            before: <Money nanoUsd={before} />,
            after: (
              <b className="b">
                <Money nanoUsd={after} />
              </b>
            ),
          }}
        />
      </span>
    </p>
  )
}
