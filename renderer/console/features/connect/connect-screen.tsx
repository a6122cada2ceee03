// How teammates reach this gateway: the best address as a code, every other one with its state, and set-ups to hand over.
import { useEffect } from 'react'
import type { NetworkPlace, NetworkView } from '../../../../contract/operations/system.ts'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { isInDesktopWindow } from '../../../client/ipc-transport.ts'
import { Time } from '../../../kit/amounts.tsx'
import { ButtonLink } from '../../../kit/button.tsx'
import { LabelledCopyButton } from '../../../kit/copy.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { Tag } from '../../../kit/shape.tsx'
import { ShareCard } from '../../../kit/share-card.tsx'
import { ErrorState, Note, SkeletonRows } from '../../../kit/states.tsx'
import { TrustPanel } from '../../../trust/trust-panel.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import styles from './connect.module.css'
import { PlacesPanel } from './places-panel.tsx'
import { SetUpsPanel } from './set-ups-panel.tsx'
import { ThisComputerPanel } from './this-computer-panel.tsx'
import { useWords } from './words.ts'

/** Lets the network in, at the next start. */
const OPEN_FLAG = '--host 0.0.0.0'
/** While nobody has come yet and somebody looks; afterwards it is told. */
const LOOK_EVERY_MS = 3_000

export function ConnectScreen() {
  const t = useWords()
  const network = useAsk('system.network', {})
  useRefreshOn(
    ['network.reached', 'network.changed', 'desktop.network_changed'],
    ['system.network', 'https.get', 'https.trust'],
  )
  const { refetch } = network
  const isWaiting =
    network.data?.isOpenToNetwork === true && network.data.places.every(({ reached }) => reached === null)
  useEffect(() => {
    if (!isWaiting) return
    const timer = setInterval(() => document.visibilityState === 'visible' && void refetch(), LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [isWaiting, refetch])
  return (
    <div className="page">
      <PageHeader title={t('title')} meta={t('meta')} />
      <div className="pbody">
        {network.isPending ? <SkeletonRows /> : undefined}
        {network.isError ? (
          <ErrorState error={network.error} onRetry={() => void refetch()} isRetrying={network.isFetching} />
        ) : undefined}
        {network.data === undefined || network.isError ? undefined : <Places network={network.data} />}
      </div>
    </div>
  )
}

function Places({ network }: { readonly network: NetworkView }) {
  const t = useWords()
  const best = bestOf(network.places)
  if (best === undefined) return <Note status="warn">{t('noAddress')}</Note>
  const isLocal = best.kind === 'loopback'
  return (
    <>
      {network.isOpenToNetwork ? undefined : (
        <Note
          status="warn"
          actions={
            <ButtonLink
              size="sm"
              href={`${CONSOLE_PATHS.settings}?part=${isInDesktopWindow() ? 'computer' : 'network'}`}
            >
              {t('networkSettings')}
            </ButtonLink>
          }
        >
          {isInDesktopWindow() ? (
            t('closedWindowText')
          ) : (
            <Sentence text={t('closedText')} parts={{ command: <code className="mono">{OPEN_FLAG}</code> }} />
          )}
        </Note>
      )}
      <ShareCard
        address={`${best.url}/v1`}
        code={isLocal ? null : `${best.url}/hello`}
        codeLabel={t('codeLabel', { url: `${best.url}/hello` })}
        isReached={best.reached !== null}
        tag={<ReachedTag place={best} isLocal={isLocal} />}
      >
        <p className="sec">{t(`text_${best.kind}`, { name: best.interfaceName })}</p>
        <div className="row g8 wrap">
          <LabelledCopyButton kind="primary" text={`${best.url}/v1`}>
            {t('copyAddress')}
          </LabelledCopyButton>
          {isLocal ? undefined : (
            <LabelledCopyButton text={t('message', { url: `${best.url}/v1`, portal: best.url })}>
              {t('copyMessage')}
            </LabelledCopyButton>
          )}
        </div>
      </ShareCard>
      {isInDesktopWindow() ? <ThisComputerPanel /> : undefined}
      <div className={styles.columns}>
        <PlacesPanel network={network} best={best} />
        <SetUpsPanel baseUrl={`${best.url}/v1`} />
      </div>
      <HttpsPart host={new URL(best.url).host} />
    </>
  )
}

/** Where HTTPS is spoken: what others have to trust. Where it should be and is not: that. */
function HttpsPart({ host }: { readonly host: string }) {
  const t = useWords()
  const trust = useAsk('https.trust', {})
  if (trust.isError)
    return (
      <ErrorState error={trust.error} onRetry={() => void trust.refetch()} isRetrying={trust.isFetching} />
    )
  if (trust.data === undefined || trust.data.mode === 'off') return undefined
  const { fingerprint, certificate } = trust.data
  if (fingerprint !== null && certificate !== null)
    return <TrustPanel host={host} fingerprint={fingerprint} certificate={certificate} />
  return (
    <Note
      status="warn"
      actions={
        <ButtonLink size="sm" href={`${CONSOLE_PATHS.settings}?part=network`}>
          {t('httpsSettings')}
        </ButtonLink>
      }
    >
      {t('httpsBroken')}
    </Note>
  )
}

/** One that was reached before one that only might be; the gateway has put them in order already. */
const bestOf = (places: readonly NetworkPlace[]): NetworkPlace | undefined =>
  places.find(({ reached }) => reached !== null) ?? places[0]

function ReachedTag({ place, isLocal }: { readonly place: NetworkPlace; readonly isLocal: boolean }) {
  const t = useWords()
  if (isLocal) return <Tag status="off">{t('onlyHere')}</Tag>
  if (place.reached === null) return <Tag status="info">{t('waiting')}</Tag>
  return (
    <span className="row g8 wrap">
      <Tag status="ok">{t('reached', { count: place.reached.devices })}</Tag>
      <span className="meta">
        <Sentence
          text={t('reachedLast', { from: place.reached.lastFrom })}
          parts={{ at: <Time atMs={place.reached.lastAt} /> }}
        />
      </span>
    </span>
  )
}
