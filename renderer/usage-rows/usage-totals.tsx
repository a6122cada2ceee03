// The sums of the very rows below: the same filter, and requests of the demo upstream as they are listed.
import type { ReactNode } from 'react'
import { useAsk } from '../client/hooks.ts'
import { Count, Money } from '../kit/amounts.tsx'
import { Shape } from '../kit/shape.tsx'
import { ErrorState } from '../kit/states.tsx'
import { Sentence } from '../words/sentence.tsx'
import type { UsageFilterInput } from './usage-filter.ts'
import { useUsageWords } from './words.ts'

export function UsageTotals({ input }: { readonly input: UsageFilterInput }) {
  const t = useUsageWords()
  const sums = useAsk('usage.summary', { ...input, includeDemo: true }, { keepsPrevious: true })
  if (sums.isError) {
    return <ErrorState error={sums.error} onRetry={() => void sums.refetch()} isRetrying={sums.isFetching} />
  }
  const { data } = sums
  if (data === undefined) return <p className="totals meta">…</p>
  const figure = (
    word: 'requests' | 'inputTokens' | 'cachedTokens' | 'outputTokens',
    value: number,
  ): ReactNode => (
    <span>
      <Sentence
        text={t(word, { count: value })}
        parts={{
          count: (
            <b>
              <Count value={value} isShort />
            </b>
          ),
        }}
      />
    </span>
  )
  return (
    <p className="totals" aria-live="polite">
      {figure('requests', data.requests)}
      {figure('inputTokens', data.inputTokens)}
      {data.cachedInputTokens > 0 ? figure('cachedTokens', data.cachedInputTokens) : undefined}
      {figure('outputTokens', data.outputTokens)}
      <b>
        <Money nanoUsd={data.costNanoUsd} />
      </b>
      {data.errors > 0 ? (
        <span className="st t-bad">
          <Shape status="bad" />
          <span>
            <Sentence
              text={t('errors', { count: data.errors })}
              parts={{ count: <Count value={data.errors} isShort /> }}
            />
          </span>
        </span>
      ) : undefined}
    </p>
  )
}
