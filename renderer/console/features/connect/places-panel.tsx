// Every address, the best first, each with its state: reached, waiting with the one step that may be missing, or of no use to others.
import type { NetworkPlace, NetworkView } from '../../../../contract/operations/system.ts'
import { CopyButton } from '../../../kit/copy.tsx'
import { CodeBlock } from '../../../kit/literals.tsx'
import { Section } from '../../../kit/page.tsx'
import { Shape, type Status } from '../../../kit/shape.tsx'
import styles from './connect.module.css'
import { firewallSteps, systemOf } from './firewall.ts'
import { useWords } from './words.ts'

interface PlacesPanelProps {
  readonly network: NetworkView
  readonly best: NetworkPlace
}

export function PlacesPanel({ network, best }: PlacesPanelProps) {
  const t = useWords()
  return (
    <Section title={t('addresses')} meta={t('bestFirst')}>
      <ul>
        {network.places.map((place) => (
          <li
            key={place.address}
            className={place.address === best.address ? `${styles.place} ${styles.best}` : styles.place}
          >
            <span className={styles.shape}>
              <Shape status={shapeOf(place)} />
            </span>
            <div className="col g4 grow">
              <span className="row sb g8">
                <span className="row g4">
                  <code className="mono b">{place.address}</code>
                  <CopyButton text={`${place.url}/v1`} what={`${place.url}/v1`} />
                </span>
                <span className="meta">
                  {place.interfaceName} · {t(`kind_${place.kind}`)}
                </span>
              </span>
              <PlaceState place={place} network={network} isFirst={place.address === best.address} />
            </div>
          </li>
        ))}
        {network.localName === null ? undefined : <LocalName name={network.localName} />}
      </ul>
    </Section>
  )
}

const NAME_SHAPES = { asking: 'info', announced: 'ok', failed: 'warn' } as const

/** Below every address: what does not know such names knows those. */
function LocalName({ name }: { readonly name: NonNullable<NetworkView['localName']> }) {
  const t = useWords()
  return (
    <li className={styles.place}>
      <span className={styles.shape}>
        <Shape status={NAME_SHAPES[name.state]} />
      </span>
      <div className="col g4 grow">
        <span className="row sb g8">
          <span className="row g4">
            <code className="mono b">{name.name}</code>
            {name.state === 'announced' ? (
              <CopyButton text={`${name.url}/v1`} what={`${name.url}/v1`} />
            ) : undefined}
          </span>
          <span className="meta">{t('localName')}</span>
        </span>
        <span className="help">{t(`localName_${name.state}`, { problem: name.problem ?? '' })}</span>
      </div>
    </li>
  )
}

function shapeOf({ kind, reached }: NetworkPlace): Status {
  if (reached !== null) return 'ok'
  return kind === 'lan' || kind === 'vpn' ? 'warn' : 'off'
}

interface PlaceStateProps {
  readonly place: NetworkPlace
  readonly network: NetworkView
  /** Only there is the whole step shown: it is the same for all of them. */
  readonly isFirst: boolean
}

function PlaceState({ place, network, isFirst }: PlaceStateProps) {
  const t = useWords()
  const { kind, reached, interfaceName, url } = place
  if (reached !== null) return <span className="t-ok">{t('placeReached', { count: reached.devices })}</span>
  if (kind === 'virtual' || kind === 'loopback') return <span className="help">{t(`place_${kind}`)}</span>
  const system = systemOf(network.platform)
  const steps = isFirst ? firewallSteps(system, network.port, interfaceName) : []
  return (
    <>
      <span className="help">{t('placeWaiting', { url: `${url}/hello` })}</span>
      {isFirst ? <span className="help">{t(`firewall_${system}`)}</span> : undefined}
      {steps.map(({ where, text }) => (
        <CodeBlock key={where} text={text} where={t(`where_${where}`)} />
      ))}
    </>
  )
}
