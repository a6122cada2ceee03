// How a test ended: its times and its cost, or what is wrong and what to do about it.

import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useClient } from '../../../client/hooks.ts'
import { Duration, Money } from '../../../kit/amounts.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { Note, Skeleton } from '../../../kit/states.tsx'
import { useWordsOfApp } from '../../../words/words.ts'
import styles from './connect.module.css'
import type { TestOutcome } from './test-request.ts'
import { useWords } from './words.ts'

export function TestOutcomeView({ outcome }: { readonly outcome: TestOutcome }) {
  const t = useWords()
  const kit = useKitWords()
  const wordsOfApp = useWordsOfApp()
  if (outcome.kind === 'answered') return <Answered answered={outcome} />
  if (outcome.kind !== 'refused') {
    return <Note status={outcome.kind === 'stopped' ? 'info' : 'bad'}>{t(`test_${outcome.kind}`)}</Note>
  }
  const { status, code, message } = outcome
  // A sentence with values that only the message knows says less than the message does.
  const sentence = wordsOfApp.has('errors', code) ? wordsOfApp.say('errors', code) : ''
  const told = sentence === '' || sentence.includes('{{') ? message : sentence
  return (
    <Note status="bad">
      <b className="b">{t('testRefused', { status })}</b>
      {kit('sentenceGap')}
      {told === '' ? t('testForeign') : told}
    </Note>
  )
}

const COST_TRIES_MAX = 10
const COST_RETRY_MS = 300

type Answer = Extract<TestOutcome, { readonly kind: 'answered' }>

function Answered({ answered: { requestId, firstTokenMs, totalMs } }: { readonly answered: Answer }) {
  const t = useWords()
  const client = useClient()
  // The receipt is there once the request is settled, which may be a moment after its last byte.
  const receipt = useQuery({
    queryKey: ['usage.receipt', { requestId }],
    queryFn: async ({ signal }) => {
      const found = await client.call('usage.receipt', { requestId }, signal)
      if (found.outcome === 'running') throw new Error('It is not settled yet')
      return found
    },
    retry: COST_TRIES_MAX,
    retryDelay: COST_RETRY_MS,
  })
  return (
    <>
      <Note status="ok">{t('testWorks')}</Note>
      <dl className={styles.figures}>
        <div>
          <dt>{t('testFirstToken')}</dt>
          <dd>{firstTokenMs === undefined ? '—' : <Duration ms={firstTokenMs} />}</dd>
        </div>
        <div>
          <dt>{t('testTotal')}</dt>
          <dd>
            <Duration ms={totalMs} />
          </dd>
        </div>
        <div>
          <dt>{t('testCost')}</dt>
          <dd>
            {receipt.isPending ? <Skeleton widthPx={72} /> : undefined}
            {receipt.isError ? '—' : undefined}
            {receipt.data === undefined ? undefined : (
              <Link href={`${PORTAL_PATHS.usage}?request=${encodeURIComponent(requestId)}`} className="link">
                <Money nanoUsd={receipt.data.charge?.amountNanoUsd ?? 0} kind="request" />
              </Link>
            )}
          </dd>
        </div>
      </dl>
    </>
  )
}
