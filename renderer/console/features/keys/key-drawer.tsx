// One key beside the list: whose it is, what narrows it and how much of that is used, and when it was used last.

import { Pencil, RotateCw } from 'lucide-react'
import { Link } from 'wouter'
import { userPath } from '../../../../contract/page-paths.ts'
import { type KeyRow, keyState, mayRotate } from '../../../api-keys/key-status.ts'
import { useApiKeyWords } from '../../../api-keys/words.ts'
import { Count, Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Drawer } from '../../../kit/drawer.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Facts } from '../../../kit/page.tsx'
import { Tag } from '../../../kit/shape.tsx'
import { slotOf } from '../../../limits-form/limit-slots.ts'
import { useWords as useLimitWords } from '../../../limits-form/words.ts'
import type { KeyTask } from './key-dialogs.tsx'
import styles from './keys.module.css'
import { LastUse } from './keys-table.tsx'
import { useWords } from './words.ts'

interface KeyDrawerProps {
  readonly apiKey: KeyRow
  readonly onClose: () => void
  readonly onTask: (kind: KeyTask['kind'], key: KeyRow) => void
}

const PERIODS = ['day', 'month', 'total'] as const

export function KeyDrawer({ apiKey, onClose, onTask }: KeyDrawerProps) {
  const t = useWords()
  const stateName = useApiKeyWords()
  const { status, word } = keyState(apiKey, Date.now())
  return (
    <Drawer
      title={apiKey.name}
      meta={
        <span className="row g8 wrap" style={{ marginTop: 6 }}>
          <Tag status={status}>{stateName(word)}</Tag>
          <Mono>{apiKey.prefix}</Mono>
        </span>
      }
      onClose={onClose}
      actions={
        <>
          <Button onClick={() => onTask('edit', apiKey)}>
            <Pencil size={14} aria-hidden="true" />
            {t('edit')}
          </Button>
          <Button disabled={!mayRotate(apiKey)} onClick={() => onTask('rotate', apiKey)}>
            <RotateCw size={14} aria-hidden="true" />
            {t('rotate')}
          </Button>
        </>
      }
    >
      <div className="rc">
        <Facts facts={useKeyFacts(apiKey)} />
      </div>
      <div className="rc">
        <h3>{t('spending')}</h3>
        {PERIODS.map((period) => (
          <Spending key={period} period={period} apiKey={apiKey} />
        ))}
        <p className="help">{t('spendingHelp')}</p>
      </div>
      <Limits apiKey={apiKey} />
      <div className="rc">
        <h3>{t('models')}</h3>
        {apiKey.allowedModels === null ? (
          <p className="sec">{t('allModels')}</p>
        ) : (
          apiKey.allowedModels.map((model) => (
            <div key={model}>
              <Mono>{model}</Mono>
            </div>
          ))
        )}
      </div>
    </Drawer>
  )
}

function useKeyFacts(apiKey: KeyRow) {
  const t = useWords()
  return [
    {
      name: t('owner'),
      value: (
        <Link className="link" href={userPath(apiKey.userId)}>
          {apiKey.userEmail}
        </Link>
      ),
    },
    { name: t('made'), value: <Time atMs={apiKey.createdAt} isAbsolute /> },
    {
      name: t('expires'),
      value: apiKey.expiresAt === null ? t('never') : <Time atMs={apiKey.expiresAt} isAbsolute />,
    },
    { name: t('lastUsed'), value: <LastUse apiKey={apiKey} /> },
    ...(apiKey.replacedByKeyId === null ? [] : [{ name: t('rotated'), value: t('rotatedText') }]),
  ]
}

interface SpendingProps {
  readonly period: (typeof PERIODS)[number]
  readonly apiKey: KeyRow
}

function Spending({ period, apiKey: { spending, caps } }: SpendingProps) {
  const t = useWords()
  const { spentNanoUsd, heldNanoUsd } = spending[period]
  const cap = caps[`${period}NanoUsd`]
  const used = spentNanoUsd + heldNanoUsd
  return (
    <div className={styles['spending']}>
      <div className="ln">
        <span className="k">{t(`period_${period}`)}</span>
        <span className="dots" />
        <span>
          <Money nanoUsd={used} />
          <span className="quiet"> / {cap === null ? t('noCap') : <Money nanoUsd={cap} />}</span>
        </span>
      </div>
      {cap === null ? undefined : (
        <div className="track">
          <b style={{ width: `${cap === 0 ? 100 : Math.min(100, (100 * used) / cap)}%` }} />
        </div>
      )}
    </div>
  )
}

function Limits({ apiKey: { limits } }: { readonly apiKey: KeyRow }) {
  const t = useWords()
  const slotName = useLimitWords()
  return (
    <div className="rc">
      <h3>{t('limits')}</h3>
      {limits.length === 0 ? <p className="sec">{t('noLimits')}</p> : undefined}
      {limits.map((entry) => {
        const slot = slotOf(entry)
        if (slot === undefined || entry.value === null) return null
        return (
          <div className="ln" key={slot.name}>
            <span className="k">{slotName(slot.name)}</span>
            <span className="dots" />
            <Count value={entry.value} />
          </div>
        )
      })}
    </div>
  )
}
