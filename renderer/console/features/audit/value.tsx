// One value of an audit row, as a reader knows it: amounts as money, times as times, anything else as it stands.
import { Money, Time } from '../../../kit/amounts.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { useWords } from './words.ts'

const AMOUNT = /NanoUsd(PerMTok)?$/

/** Its unit is part of a member's name; an amount has one already. */
export const memberText = (path: string): string => path.replace(AMOUNT, '')

export function Value({ path, value }: { readonly path: string; readonly value: unknown }) {
  const t = useWords()
  if (value === undefined) return <span className="quiet">{t('absent')}</span>
  if (value === null) return <span className="quiet">{t('none')}</span>
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  if (typeof value === 'number') {
    if (AMOUNT.test(path)) return <Money nanoUsd={value} kind="price" />
    if (path.endsWith('At')) return <Time atMs={value} isAbsolute />
    return <Mono>{String(value)}</Mono>
  }
  if (typeof value === 'string')
    return value === '' ? <span className="quiet">{t('emptyValue')}</span> : value
  return <Mono>{JSON.stringify(value)}</Mono>
}
