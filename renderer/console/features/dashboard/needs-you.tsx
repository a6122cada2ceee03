// What needs a person, the most urgent first, each with the way to where it is mended.
import { Link } from 'wouter'
import type { Attention } from '../../../../contract/operations/dashboard.ts'
import { moneyString } from '../../../kit/money.ts'
import { Section } from '../../../kit/page.tsx'
import { Shape } from '../../../kit/shape.tsx'
import { useUpstreamProblemWords } from '../../../words/upstream-problems/upstream-problem-words.ts'
import { placeOf, shapeOf } from './attention.ts'
import styles from './dashboard.module.css'
import { useWords } from './words.ts'

const NAMED_MAX = 3

export function NeedsYou({ attention }: { readonly attention: readonly Attention[] }) {
  const t = useWords()
  return (
    <Section title={t('needsYou')} meta={attention.length === 0 ? undefined : String(attention.length)}>
      {attention.length === 0 ? (
        <p className={`${styles['item']} sec`}>
          <Shape status="ok" />
          {t('needsNothing')}
        </p>
      ) : (
        <ul>
          {attention.map((one) => (
            <Item key={one.kind} attention={one} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Item({ attention }: { readonly attention: Attention }) {
  const t = useWords()
  const { title, text } = useSaid(attention)
  return (
    <li className={styles['item']}>
      <span className={styles['shape']}>
        <Shape status={shapeOf(attention)} />
      </span>
      <span className="grow">
        <span className={`m ${styles['title']}`}>{title}</span>
        {text === '' ? undefined : <span className={`meta ${styles['title']}`}>{text}</span>}
      </span>
      <Link className="btn secondary sm" href={placeOf(attention)}>
        {t(`do_${attention.kind}`)}
      </Link>
    </li>
  )
}

function useSaid(attention: Attention): { readonly title: string; readonly text: string } {
  const t = useWords()
  const upstreamSaid = useUpstreamSaid()
  const title = (values?: Readonly<Record<string, string | number>>) => t(`title_${attention.kind}`, values)
  switch (attention.kind) {
    case 'ledger_wrong':
      return { title: title({ count: attention.findingsTotal }), text: t('text_ledger_wrong') }
    case 'upstream_missing':
      return { title: title(), text: t('text_upstream_missing') }
    case 'upstream_unhealthy':
    case 'upstream_errors':
      return upstreamSaid(attention)
    case 'possible_losses':
      return {
        title: title({ count: attention.count }),
        text: t('text_possible_losses', { amount: moneyString(attention.amountNanoUsd) }),
      }
    case 'unpriced_models': {
      const [first] = attention.models
      const asks = attention.models.reduce((sum, { asks: each }) => sum + each, 0)
      return attention.count === 1 && first !== undefined
        ? {
            title: t('title_one_unpriced', { model: first.model }),
            text: t('text_unpriced_models', { count: asks }),
          }
        : {
            title: title({ count: attention.count }),
            text: named(attention.models.map(({ model }) => model)),
          }
    }
    case 'pending_approvals':
      return { title: title({ count: attention.count }), text: t('text_pending_approvals') }
    case 'failed_mails':
      return { title: title({ count: attention.count }), text: t('text_failed_mails') }
    case 'low_balances':
      return {
        title: title({ count: attention.count }),
        text: named(
          attention.people.map(
            ({ email, leftNanoUsd }) => `${email} ${moneyString(leftNanoUsd, { kind: 'left' })}`,
          ),
        ),
      }
  }
}

/** Which upstream it is where there are several, and what went wrong there last. */
function useUpstreamSaid() {
  const t = useWords()
  const problemText = useUpstreamProblemWords()
  return (attention: Extract<Attention, { readonly kind: 'upstream_unhealthy' | 'upstream_errors' }>) => {
    const { upstreams, inUse } = attention
    const nameOf = ({ isPrimary, name }: (typeof upstreams)[number]) => (isPrimary ? t('primary') : name)
    const [first] = upstreams
    const last = first?.problem ? problemText(first.problem) : t('text_upstream_unhealthy')
    const text = upstreams.length === 1 ? last : named(upstreams.map(nameOf))
    const name = upstreams.length === 1 && inUse > 1 && first !== undefined ? nameOf(first) : undefined
    if (attention.kind === 'upstream_errors') {
      const { count } = attention
      return {
        title:
          name === undefined ? t('title_upstream_errors', { count }) : t('title_one_failed', { count, name }),
        text,
      }
    }
    if (name !== undefined) return { title: t('title_one_unhealthy', { name }), text }
    const isAll = upstreams.length === inUse
    return {
      title: isAll
        ? t('title_upstream_unhealthy', { count: inUse })
        : t('title_some_unhealthy', { count: upstreams.length }),
      text,
    }
  }
}

const named = (names: readonly string[]): string => names.slice(0, NAMED_MAX).join(', ')
