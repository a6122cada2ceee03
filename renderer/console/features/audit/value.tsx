// One value of an audit row, as a reader knows it: amounts as money, times as times, anything else as it stands.
import { Money, Time } from '../../../kit/amounts.tsx'
import { bytesText } from '../../../kit/figures.ts'
import { Mono } from '../../../kit/literals.tsx'
import { multiplierText } from '../../../kit/multiplier.ts'
import { useMemberWords } from '../../../words/members/member-words.ts'
import { useWords } from './words.ts'

const AMOUNT = /NanoUsd(Per\w+)?$/
const BYTES = /(^|\.)bytes$|BytesMax$/

/** What a member is called; its own name, where it has no word. */
export function MemberName({ path }: { readonly path: string }) {
  const t = useWords()
  const { nameOf } = useMemberWords()
  if (path === '') return t('value')
  return nameOf(path) ?? <Mono>{path}</Mono>
}

export function Value({ path, value }: { readonly path: string; readonly value: unknown }) {
  const t = useWords()
  const { meaningOf } = useMemberWords()
  if (value === undefined) return <span className="quiet">{t('absent')}</span>
  if (value === null) return <span className="quiet">{t('none')}</span>
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  if (typeof value === 'number') {
    if (AMOUNT.test(path)) return <Money nanoUsd={value} kind="price" />
    if (BYTES.test(path)) return <span className="num">{bytesText(value)}</span>
    if (path.endsWith('Ppm')) return <span className="num">× {multiplierText(value)}</span>
    if (/(At|effectiveFrom)$/.test(path)) return <Time atMs={value} isAbsolute />
    return <span className="num">{value.toLocaleString('en')}</span>
  }
  if (typeof value === 'string')
    return value === '' ? <span className="quiet">{t('emptyValue')}</span> : (meaningOf(path, value) ?? value)
  return <Mono>{JSON.stringify(value)}</Mono>
}
