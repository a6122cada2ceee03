// The five shapes of status. Shape, then word, then colour: each is told apart in grey, and never stands without its word.
import type { ReactNode } from 'react'

export type Status = 'ok' | 'warn' | 'bad' | 'info' | 'off'

const SHAPES: Readonly<Record<Status, ReactNode>> = {
  ok: <circle cx="5" cy="5" r="4.2" fill="currentColor" />,
  warn: (
    <path
      d="M5 .8 9.6 9.1H.4Z"
      fill="currentColor"
      stroke="currentColor"
      strokeWidth=".8"
      strokeLinejoin="round"
    />
  ),
  bad: <path d="M5 .2 9.8 5 5 9.8.2 5Z" fill="currentColor" />,
  info: (
    <>
      <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M5 1a4 4 0 0 1 0 8z" fill="currentColor" />
    </>
  ),
  off: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.5" />,
}

/** The shape alone, for where its word stands right beside it. */
export function Shape({ status }: { readonly status: Status }) {
  return (
    <svg className={`shape c-${status}`} width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      {SHAPES[status]}
    </svg>
  )
}

interface StatusProps {
  readonly status: Status
  readonly children: ReactNode
}

/** Status in rows: shape and word. */
export function StatusShape({ status, children }: StatusProps) {
  return (
    <span className="st">
      <Shape status={status} />
      {children}
    </span>
  )
}

/** Status in headers and cards. */
export function Tag({ status, children }: StatusProps) {
  return (
    <span className={`tag ${status}`}>
      <Shape status={status} />
      {children}
    </span>
  )
}
