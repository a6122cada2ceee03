// What the start of the gateway decides about the network: shown, and named as what cannot be changed here.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk } from '../../../client/hooks.ts'
import { Facts, PanelBody, Section } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import styles from './settings.module.css'
import { useWords } from './words.ts'

interface NetworkFactsProps {
  readonly settings: CallOutput<'settings.get'>
  readonly isInWindow: boolean
}

export function NetworkFacts({ settings, isInWindow }: NetworkFactsProps) {
  const t = useWords()
  const { host, port, addresses, isOpenToNetwork } = settings.network
  // Each address by which it is reached, the best first; what it listens on says that only of this computer.
  const places = useAsk('system.network', {}).data?.places.map(({ url }) => url)
  return (
    <div className={styles.wide}>
      <Section title={t('network')} meta={t('networkMeta')}>
        <PanelBody>
          <Facts
            facts={[
              {
                name: t('networkOpen'),
                value: (
                  <StatusShape status={isOpenToNetwork ? 'ok' : 'off'}>
                    {t(isOpenToNetwork ? 'networkOpenYes' : 'networkOpenNo')}
                  </StatusShape>
                ),
              },
              { name: t('networkHost'), value: <code className="mono">{host}</code> },
              {
                name: t('networkPort'),
                value: port === 0 ? t('networkPortFree') : <span className="num">{port}</span>,
              },
              {
                name: t('networkAddresses'),
                value: (
                  <span className="col">
                    {(places ?? addresses).map((address) => (
                      <code key={address} className="mono">
                        {address}
                      </code>
                    ))}
                  </span>
                ),
              },
            ]}
          />
          <p className={`help ${styles.below}`}>{t(isInWindow ? 'networkHelpWindow' : 'networkHelp')}</p>
        </PanelBody>
      </Section>
    </div>
  )
}
