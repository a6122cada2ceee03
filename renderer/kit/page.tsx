// What a page is put together from: its header, sections, panels, stats, filters and facts.
import { type ReactNode, useId } from 'react'
import { useTabTitle } from './product-name.ts'

interface PageHeaderProps {
  readonly title: string
  /** One line beside it. */
  readonly meta?: ReactNode
  /** At the right, the primary one last. */
  readonly actions?: ReactNode
}

/** Names the page, on the page and in the tab. */
export function PageHeader({ title, meta, actions }: PageHeaderProps) {
  useTabTitle(title)
  return (
    <header className="phead">
      <h1>{title}</h1>
      {meta === undefined ? undefined : <span className="meta trunc">{meta}</span>}
      <span className="grow" />
      {actions}
    </header>
  )
}

interface SectionProps {
  readonly title: string
  readonly meta?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A panel with a title. Tables and lists go to its edges; anything else stands in a PanelBody. */
export function Section({ title, meta, actions, children }: SectionProps) {
  const id = useId()
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="ph">
        <h2 id={id}>{title}</h2>
        {meta === undefined ? undefined : <span className="meta">{meta}</span>}
        {actions === undefined ? undefined : (
          <>
            <span className="grow" />
            {actions}
          </>
        )}
      </div>
      {children}
    </section>
  )
}

export const PanelBody = ({ children }: { readonly children: ReactNode }) => (
  <div className="pb">{children}</div>
)

interface StatProps {
  readonly label: string
  readonly children: ReactNode
  /** One line of change. */
  readonly change?: ReactNode
}

export function Stat({ label, children, change }: StatProps) {
  return (
    <div className="stat">
      <div className="lb">{label}</div>
      <div className="fig">{children}</div>
      {change === undefined ? undefined : <div className="dl">{change}</div>}
    </div>
  )
}

/** Several stats share one frame with hairlines. */
export const Stats = ({ children }: { readonly children: ReactNode }) => (
  <div className="stats">{children}</div>
)

/** Search and filters above a table. */
export const FilterBar = ({ children }: { readonly children: ReactNode }) => (
  <search className="filters">{children}</search>
)

interface FactsProps {
  readonly facts: readonly { readonly name: string; readonly value: ReactNode }[]
}

/** Names and values in two columns. */
export const Facts = ({ facts }: FactsProps) => (
  <dl className="facts">
    {facts.map(({ name, value }) => (
      <div key={name} style={{ display: 'contents' }}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

/** One or two letters for a person: the beginnings of their name, or of their address. */
export function Avatar({ name, isLarge = false }: { readonly name: string; readonly isLarge?: boolean }) {
  return (
    <span className={isLarge ? 'ava lg' : 'ava'} aria-hidden="true">
      {initialsOf(name)}
    </span>
  )
}

export function initialsOf(name: string): string {
  const [first = ''] = name
  if (/\p{Script=Han}/u.test(first)) return first
  const [one = '', two = ''] = (name.split('@')[0] ?? '').split(/[\s._-]+/).filter((part) => part !== '')
  return `${one.charAt(0)}${two.charAt(0)}`.toUpperCase()
}
