// The gate card, on top of every page's side bar: the lamp, the state, the address and how to copy it, and what runs now.
import type { ReactNode } from 'react'
import type { DesktopView } from '../../../contract/desktop.ts'
import { Count } from '../../kit/amounts.tsx'
import { CopyButton } from '../../kit/copy.tsx'
import { Mark } from '../../kit/gate.tsx'
import { Shape } from '../../kit/shape.tsx'
import { Sentence } from '../../words/sentence.tsx'
import { useInFlight } from '../gateway-now/use-gateway-now.ts'
import { GateControl } from './gate-control.tsx'
import type { GateState } from './use-gate-state.ts'
import { useShellWords } from './words.ts'

/** In the place of a figure that nobody has told. */
const UNKNOWN = '–'

interface GateCardProps {
  readonly gate: GateState
  /** The app around this page, where there is one. */
  readonly desktop?: DesktopView | undefined
}

export function GateCard({ gate, desktop }: GateCardProps) {
  const t = useShellWords()
  const { address, note, since, word } = gate
  const kind = desktop?.gateway.kind
  return (
    <section className="gate" aria-label={t('gate')}>
      <div className="row g8">
        <Mark isLit={gate.isOpen} size={28} />
        <div className="grow gl" role="status">
          <div className="b">{t(word)}</div>
          {note === undefined ? undefined : <div className="meta">{t(note, { since })}</div>}
        </div>
        {kind === 'running' || kind === 'stopping' ? (
          <GateControl isPaused={desktop?.isPaused === true} isStopping={kind === 'stopping'} />
        ) : undefined}
      </div>
      {address === undefined ? undefined : (
        <div className="addr">
          <code className="mono gl">{address.replace(/^https?:\/\//, '')}</code>
          <CopyButton text={`${address}/v1`} what={t('address')} />
        </div>
      )}
      {kind === undefined || kind === 'running' || kind === 'stopping' ? <Live gate={gate} /> : undefined}
    </section>
  )
}

function Live({ gate: { inFlight: asked, requestsToday } }: { readonly gate: GateState }) {
  const t = useShellWords()
  const inFlight = useInFlight(asked)
  if (requestsToday === undefined) return null
  const parts = (text: string, count: ReactNode) => (
    <Sentence text={text} parts={{ count, label: <span className="gl">{t('inFlight')}</span> }} />
  )
  if (inFlight === undefined) {
    return (
      <div className="live num">
        <span className="row g6">
          <Shape status="off" />
          <span>{parts('{count} {label}', UNKNOWN)}</span>
        </span>
      </div>
    )
  }
  return (
    <div className="live num">
      <span className="row g6">
        <Shape status={inFlight > 0 ? 'info' : 'off'} />
        <span>{parts('{count} {label}', <Count value={inFlight} isShort />)}</span>
      </span>
      <span className="gl quiet">
        {parts(t('requestsToday', { count: requestsToday }), <Count value={requestsToday} isShort />)}
      </span>
    </div>
  )
}
