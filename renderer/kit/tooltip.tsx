// A short text beside what is pointed at or focused, and carries `data-tip`. Never the only copy of a fact: it repeats the name
// of an icon. One layer for the whole app, so that a page with a hundred icons has one listener and not a hundred.
import { useEffect, useState } from 'react'

const DELAY_MS = 400
const GAP_PX = 6
/** Half of the widest tooltip, kept from the window's edges. */
const EDGE_PX = 80

interface Tip {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly isAbove: boolean
}

/** Once in each app, beside the toasts. */
export function TooltipLayer() {
  const [tip, setTip] = useState<Tip>()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const hide = () => {
      clearTimeout(timer)
      setTip(undefined)
    }
    const show = (event: Event) => {
      hide()
      const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null
      // Focus that a press brought along needs no explanation.
      if (target === null || (event.type === 'focusin' && !target.matches(':focus-visible'))) return
      timer = setTimeout(() => target.isConnected && setTip(tipFor(target)), DELAY_MS)
    }
    const events = [
      ['pointerover', show],
      ['focusin', show],
      ['focusout', hide],
      ['pointerdown', hide],
      ['keydown', hide],
      ['scroll', hide],
    ] as const
    for (const [name, listener] of events) document.addEventListener(name, listener, true)
    return () => {
      clearTimeout(timer)
      for (const [name, listener] of events) document.removeEventListener(name, listener, true)
    }
  }, [])
  if (tip === undefined) return null
  return (
    <div
      className={tip.isAbove ? 'tooltip above' : 'tooltip'}
      // The name is read aloud already.
      aria-hidden="true"
      style={{ left: tip.x, top: tip.y }}
    >
      {tip.text}
    </div>
  )
}

function tipFor(target: HTMLElement): Tip | undefined {
  const text = target.dataset['tip'] ?? ''
  const box = target.getBoundingClientRect()
  if (text === '' || box.width === 0) return undefined
  const isAbove = box.bottom + 40 > window.innerHeight
  const x = Math.min(Math.max(box.left + box.width / 2, EDGE_PX), window.innerWidth - EDGE_PX)
  return { text, x, y: isAbove ? box.top - GAP_PX : box.bottom + GAP_PX, isAbove }
}
