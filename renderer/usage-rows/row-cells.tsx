// What a row of usage says in its cells: how it ended, what it used, what it cost.
import type { ChargeReason, UsageRow } from '../../contract/usage.ts'
import { Count, Money } from '../kit/amounts.tsx'
import { type Status, StatusShape } from '../kit/shape.tsx'
import { Sentence } from '../words/sentence.tsx'
import { useUsageWords } from './words.ts'

const REASON_SHAPE: Readonly<Record<ChargeReason, Status>> = {
  completed: 'ok',
  client_left: 'warn',
  upstream_failed: 'bad',
  estimated: 'warn',
  refused: 'bad',
}

/** How it ended, and the status where it was not the usual one. */
export function Ending({ row: { reason, status } }: { readonly row: UsageRow }) {
  const t = useUsageWords()
  return (
    <StatusShape status={REASON_SHAPE[reason]}>
      {t(`reason_${reason}`)}
      {status === 200 ? undefined : <span className="quiet num">{status}</span>}
    </StatusShape>
  )
}

export function Tokens({ row: { inputTokens, outputTokens } }: { readonly row: UsageRow }) {
  const t = useUsageWords()
  return (
    <Sentence
      text={t('tokensInOut')}
      parts={{
        input: <Count value={inputTokens} isShort />,
        output: <Count value={outputTokens} isShort />,
      }}
    />
  )
}

export function Cost({ row: { costNanoUsd, source, reason } }: { readonly row: UsageRow }) {
  const t = useUsageWords()
  if (costNanoUsd === 0 && reason !== 'completed') return <span className="quiet">{t('notCharged')}</span>
  return (
    <>
      {source === 'plan' ? <span className="quiet">{t('byPlan')} </span> : undefined}
      <Money nanoUsd={costNanoUsd} kind="request" />
    </>
  )
}
