// The gateway was updated while this page was open: what it shows may no longer fit, and what it loads may be gone.
import { useEffect, useState } from 'react'
import { useClient } from '../client/hooks.ts'
import { Button } from '../kit/button.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import { Shape } from '../kit/shape.tsx'

export function StaleNote() {
  const t = useKitWords()
  const client = useClient()
  const [isStale, setIsStale] = useState(client.isStale())
  useEffect(() => client.onChange((change) => change === 'stale' && setIsStale(true)), [client])
  if (!isStale) return null
  return (
    <div className="toasts">
      <div className="toast" role="alert">
        <Shape status="info" />
        <span className="grow">{t('stale')}</span>
        <Button kind="quiet" size="sm" onClick={() => window.location.reload()}>
          {t('reload')}
        </Button>
      </div>
    </div>
  )
}
