// The states of a list that is not full: empty, nothing found, failed, and not there yet.
import type { ReactNode } from 'react'
import type { CallFailure } from '../client/client.ts'
import { failureOf, isOffline } from '../client/failures.ts'
import { useFailureWords } from '../words/failure-words.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy.tsx'
import { FailedBlock } from './failed-block.tsx'
import { GateDrawing } from './gate.tsx'
import { useKitWords } from './kit-words.ts'
import { Shape } from './shape.tsx'

interface EmptyStateProps {
  readonly icon: ReactNode
  readonly title: string
  /** Two sentences: what it is, why one wants it. */
  readonly children: ReactNode
  /** The one primary button that fills it. */
  readonly actions?: ReactNode
  /** There is nothing else on the page, so its title is the page's. */
  readonly isPage?: boolean
}

export function EmptyState({ icon, title, children, actions, isPage = false }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'h2'
  return (
    <div className="state">
      <GateDrawing icon={icon} />
      <Title>{title}</Title>
      <p>{children}</p>
      {actions === undefined ? undefined : <div className="acts">{actions}</div>}
    </div>
  )
}

export function NoResults({ onClear }: { readonly onClear: () => void }) {
  const t = useKitWords()
  return (
    <div className="noresults" role="status">
      <span>{t('noResults')}</span>
      <Button size="sm" onClick={onClear}>
        {t('clearFilters')}
      </Button>
    </div>
  )
}

interface ErrorStateProps {
  /** What a query or a change ended with. */
  readonly error: unknown
  readonly onRetry?: () => void
  readonly isRetrying?: boolean
  /** There is nothing else on the page, so its title is the page's. */
  readonly isPage?: boolean
}

/** In the place of what could not be loaded: what happened, what to do, and the id under which the log has the rest. */
export function ErrorState({ error, onRetry, isRetrying = false, isPage = false }: ErrorStateProps) {
  const t = useKitWords()
  const failure = failureOf(error)
  const words = useFailureWords()
  const isAway = isOffline(error)
  return (
    <FailedBlock
      title={t(isAway ? 'offlineTitle' : 'failedTitle')}
      heading={isPage ? 'h1' : undefined}
      text={isAway ? t('offlineText') : words(failure)}
      actions={
        <>
          {onRetry === undefined ? undefined : (
            <Button size="sm" onClick={onRetry} isWorking={isRetrying}>
              {t('retry')}
            </Button>
          )}
          {isAway ? undefined : <FailureId failure={failure} />}
        </>
      }
    />
  )
}

function FailureId({ failure }: { readonly failure: CallFailure }) {
  const t = useKitWords()
  const requestId = failure.details?.['requestId']
  if (typeof requestId !== 'string') return <code className="mono quiet">{failure.code}</code>
  return (
    <span className="row g6 meta">
      {t('errorId')} <code className="mono">{requestId}</code>
      <CopyButton text={requestId} what={t('errorId')} />
    </span>
  )
}

/** Above the button of a form whose call was refused for a reason that is about no single field. */
export function FailureNote({ error }: { readonly error: unknown }) {
  const words = useFailureWords()
  if (error === null || error === undefined) return null
  return (
    <div className="note bad" role="alert">
      <Shape status="bad" />
      <span>{words(failureOf(error))}</span>
    </div>
  )
}

interface NoteProps {
  readonly status: 'ok' | 'warn' | 'bad' | 'info'
  readonly children: ReactNode
  readonly actions?: ReactNode
}

/** A line across the page that stays as long as it is true. */
export function Note({ status, children, actions }: NoteProps) {
  return (
    <div className={`note ${status}`} role="status">
      <Shape status={status} />
      <span className="grow">{children}</span>
      {actions}
    </div>
  )
}

/** The shape of rows to come. Shows itself after 150 ms, so that a quick answer never flickers. */
export function SkeletonRows({ rows = 6 }: { readonly rows?: number }) {
  const t = useKitWords()
  return (
    <div role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of nothing have nothing else to tell them apart
        <div className="skrow" key={index}>
          <span className="sk" />
          <span className="sk" />
          <span className="sk" />
        </div>
      ))}
    </div>
  )
}

export const Skeleton = ({ widthPx }: { readonly widthPx: number }) => (
  <span className="sk" style={{ width: widthPx }} />
)
