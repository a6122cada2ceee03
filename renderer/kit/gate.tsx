// The moon gate: the mark, which is also a keyhole, and the drawing of empty pages. The lamp is lit only while the gate is open.
import type { ReactNode } from 'react'

interface MarkProps {
  readonly isLit: boolean
  readonly size?: number
}

/** Stands beside a name or a state, which says what it is. */
export function Mark({ isLit, size = 26 }: MarkProps) {
  const disc = isLit ? 'var(--lamp)' : '#0a3a31'
  return (
    <svg width={size} height={size} viewBox="0 0 28 28" aria-hidden="true">
      <rect width="28" height="28" rx="7" fill="var(--wall)" />
      <path d="M9.6 19.5A7.2 7.2 0 1 1 18.4 19.5Z" fill={disc} />
      <path d="M9.6 19.5h8.8L21.5 28h-15Z" fill={isLit ? '#c08f3f' : '#0a2b25'} />
    </svg>
  )
}

/** The gate in hairlines, with a page's icon where the moon would stand. */
export function GateDrawing({ icon }: { readonly icon: ReactNode }) {
  return (
    <div className="gatebox" aria-hidden="true">
      <svg width="176" height="132" viewBox="0 0 176 132" fill="none" aria-hidden="true">
        <path
          d="M0 82h34M142 82h34M16 97h32M128 97h34M8 67h22M146 67h22"
          stroke="var(--line)"
          strokeWidth="1.5"
        />
        <path d="M0 112.5H176" stroke="var(--line-strong)" strokeWidth="1.5" />
        <path d="M60.5 112A49 49 0 1 1 115.5 112" stroke="var(--line-strong)" strokeWidth="1.5" />
        <path
          d="M66 112A42 42 0 1 1 110 112Z"
          fill="var(--accent-soft)"
          stroke="var(--accent)"
          strokeWidth="1.5"
        />
        <path d="M66 112.5H110L124 132H52Z" fill="var(--accent-soft)" />
      </svg>
      <span className="ic">{icon}</span>
    </div>
  )
}
