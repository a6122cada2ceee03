// The gate card, on top of every page's side bar: the lamp, the state, the address and how to copy it.

import type { ReactNode } from 'react'
import { useGatewayAddress } from '../../client/gateway-address.ts'
import { CopyButton } from '../../kit/copy.tsx'
import { Mark } from '../../kit/gate.tsx'
import type { GateState } from './use-gate-state.ts'
import { useShellWords } from './words.ts'

interface GateCardProps {
  readonly gate: GateState
  /** What moves: requests in flight, people today. */
  readonly live?: ReactNode
}

export function GateCard({ gate, live }: GateCardProps) {
  const t = useShellWords()
  const address = useGatewayAddress()
  return (
    <section className="gate" aria-label={t('gate')}>
      <div className="row g8">
        <Mark isLit={gate.isOpen} size={28} />
        <div className="grow gl" role="status">
          <div className="b">{t(gate.word)}</div>
          {gate.note === undefined ? undefined : <div className="meta">{t(gate.note)}</div>}
        </div>
      </div>
      {address === undefined ? undefined : (
        <div className="addr">
          <code className="mono gl">{address.replace(/^https?:\/\//, '')}</code>
          <CopyButton text={`${address}/v1`} what={t('address')} />
        </div>
      )}
      {live === undefined ? undefined : <div className="live num">{live}</div>}
    </section>
  )
}
