// The ledger light: whether the books are right, what was found where they are not, and a check on demand.
import { useEffect } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Count, Duration, Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Facts, PanelBody, Section } from '../../../kit/page.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { useWords } from './words.ts'

type Light = CallOutput<'ledger.status'>
const SHAPES: Readonly<Record<Light['state'], Status>> = {
  ok: 'ok',
  checking: 'info',
  wrong: 'bad',
  never: 'off',
}
/** While a check runs, and no longer: it moves on by itself. */
const LOOK_EVERY_MS = 1_000

export function LedgerPanel() {
  const t = useWords()
  const light = useAsk('ledger.status', {})
  const check = useChange('ledger.check', ['ledger.status'])
  const { refetch } = light
  const isChecking = light.data?.state === 'checking'
  useEffect(() => {
    if (!isChecking) return
    const timer = setInterval(() => document.visibilityState === 'visible' && void refetch(), LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [isChecking, refetch])
  return (
    <Section
      title={t('ledger')}
      actions={
        <Button size="sm" onClick={() => check.mutate({})} isWorking={check.isPending || isChecking}>
          {t('ledgerCheck')}
        </Button>
      }
    >
      {light.isPending ? <SkeletonRows rows={2} /> : undefined}
      {light.isError ? <ErrorState error={light.error} onRetry={() => void refetch()} /> : undefined}
      {light.data === undefined || light.isError ? undefined : (
        <PanelBody>
          <LightFacts light={light.data} />
          <FailureNote error={check.error} />
        </PanelBody>
      )}
    </Section>
  )
}

function LightFacts({ light }: { readonly light: Light }) {
  const t = useWords()
  const { state, checkedAt, durationMs, entries, findings, findingsTotal, progress } = light
  return (
    <div className="col g12">
      <Facts
        facts={[
          {
            name: t('ledgerState'),
            value: <StatusShape status={SHAPES[state]}>{t(`ledger_${state}`)}</StatusShape>,
          },
          ...(progress === null
            ? []
            : [
                {
                  name: t('ledgerProgress'),
                  value: t('ledgerProgressOf', { done: progress.entries, total: progress.entriesTotal }),
                },
              ]),
          ...(checkedAt === null ? [] : [{ name: t('ledgerChecked'), value: <Time atMs={checkedAt} /> }]),
          ...(durationMs === null ? [] : [{ name: t('ledgerTook'), value: <Duration ms={durationMs} /> }]),
          ...(entries === null ? [] : [{ name: t('ledgerEntries'), value: <Count value={entries} /> }]),
        ]}
      />
      {findingsTotal === 0 ? undefined : (
        <div className="note bad" role="alert">
          <div className="col g6 grow">
            <b className="b">{t('ledgerFound', { count: findingsTotal })}</b>
            <ul className="col g4">
              {findings.map((finding, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: findings have no id, and a check replaces all of them
                <li key={index}>
                  {t(`finding_${finding.kind}`)}
                  {finding.expectedNanoUsd === null || finding.foundNanoUsd === null ? undefined : (
                    <>
                      {' '}
                      <span className="old">
                        <Money nanoUsd={finding.foundNanoUsd} kind="exact" />
                      </span>{' '}
                      <Money nanoUsd={finding.expectedNanoUsd} kind="exact" />
                    </>
                  )}{' '}
                  <code className="mono wrap">{finding.requestId ?? finding.userId}</code>
                </li>
              ))}
            </ul>
            <span className="help">{t('ledgerHelp')}</span>
          </div>
        </div>
      )}
    </div>
  )
}
