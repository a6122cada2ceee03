// The address as a code to point a phone at, in the gate. The lamp is lit after a request from another device has arrived.
import { type ReactNode, Suspense } from 'react'
import { loadLater } from './load-later.tsx'

const QrCode = loadLater(() => import('./qr-code.tsx').then(({ QrCode: code }) => code))

interface ShareCardProps {
  readonly address: string
  /** What the code opens, where that is not the address itself; null where a phone cannot come. */
  readonly code?: string | null
  /** What the code stands for, for those who cannot see it. */
  readonly codeLabel: string
  readonly isReached: boolean
  /** *Reached from 7 other devices*, or *Waiting for another device*. */
  readonly tag: ReactNode
  readonly children: ReactNode
}

export function ShareCard({ address, code = address, codeLabel, isReached, tag, children }: ShareCardProps) {
  return (
    <section className={isReached ? 'share lit' : 'share'}>
      {code === null ? undefined : (
        <div className="wall">
          <div className="disc">
            <Suspense fallback={<span className="qr" />}>
              <QrCode text={code} label={codeLabel} />
            </Suspense>
          </div>
        </div>
      )}
      <div className="says">
        {tag}
        <div className="address">{address}</div>
        {children}
      </div>
    </section>
  )
}
