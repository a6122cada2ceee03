// One value of an audit row, as a reader knows it: amounts as money, times as times, anything else as it stands.
import { Fragment } from 'react'
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
  if (Array.isArray(value)) return <List path={path} items={value} />
  return <Mono>{JSON.stringify(value)}</Mono>
}

/** Names beside each other; limits and quotas one after the other, each in a few words. */
function List({ path, items }: { readonly path: string; readonly items: readonly unknown[] }) {
  const t = useWords()
  if (items.length === 0) return <span className="quiet">{t('none')}</span>
  return items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a list of then, which never changes
    <Fragment key={index}>
      {index === 0 ? undefined : t('listComma')}
      {isRecord(item) ? <Members item={item} /> : <Value path={path} value={item} />}
    </Fragment>
  ))
}

/** What is merely true or false of it, such as that it came with the gateway, is left to the whole record. */
function Members({ item }: { readonly item: Readonly<Record<string, unknown>> }) {
  const members = Object.entries(item).filter(
    ([name, value]) => typeof value !== 'boolean' && !(name === 'window' && value === null),
  )
  return members.map(([name, value], index) => (
    <Fragment key={name}>
      {index === 0 ? undefined : ' · '}
      <Value
        path={item['metric'] === 'money' && typeof value === 'number' ? 'NanoUsd' : name}
        value={value}
      />
    </Fragment>
  ))
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
