// This moment and this day: what runs, how fast it comes in, and what today was like so far.
import { Count, Money } from '../../../kit/amounts.tsx'
import { Facts, PanelBody, Section } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { type Dashboard, useInFlight } from '../../gateway-now/use-gateway-now.ts'
import { useWords } from './words.ts'

export function NowPanel({ dashboard }: { readonly dashboard: Pick<Dashboard, 'running' | 'today'> }) {
  const t = useWords()
  const { running, today } = dashboard
  const inFlight = useInFlight(running.inFlight)
  return (
    <Section title={t('today')}>
      <PanelBody>
        <Facts
          facts={[
            {
              name: t('inFlight'),
              value: (
                <StatusShape status={inFlight === undefined || inFlight === 0 ? 'off' : 'info'}>
                  {inFlight === undefined ? t('notKnown') : <Count value={inFlight} />}
                </StatusShape>
              ),
            },
            { name: t('requestsToday'), value: <Count value={today.requests} /> },
            {
              name: t('errorsToday'),
              value:
                today.errors > 0 ? (
                  <StatusShape status="bad">
                    <Count value={today.errors} />
                  </StatusShape>
                ) : (
                  <Count value={0} />
                ),
            },
            { name: t('spentToday'), value: <Money nanoUsd={today.costNanoUsd} /> },
          ]}
        />
      </PanelBody>
    </Section>
  )
}
