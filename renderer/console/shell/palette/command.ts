// A line of the palette: what it is called, and what it does.
import type { LucideIcon } from 'lucide-react'
import type { Named } from './matches.ts'

export interface Command extends Named {
  readonly id: string
  readonly icon: LucideIcon
  /** A model's id, a request's: something that can be pasted. */
  readonly isLiteral?: boolean
  /** Quiet, at the right. */
  readonly hint?: string
  /** The keys that do the same. */
  readonly keys?: readonly string[]
  run(): void
}

export interface CommandGroup {
  readonly name: string
  readonly items: readonly Command[]
}
