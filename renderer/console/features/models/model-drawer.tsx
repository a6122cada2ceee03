// One model beside the book: all its rates, where they come from, what was and what will be, who may use it.
import { useState } from 'react'
import { useAsk } from '../../../client/hooks.ts'
import { Count, Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { Drawer } from '../../../kit/drawer.tsx'
import { multiplierText } from '../../../kit/multiplier.ts'
import { Facts } from '../../../kit/page.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, Note, SkeletonRows } from '../../../kit/states.tsx'
import { AccessDialog } from './access-dialog.tsx'
import { columnWords } from './column-words.ts'
import styles from './models.module.css'
import { MultiplierDialog } from './multiplier-dialog.tsx'
import { STATE_SHAPE } from './price-state.ts'
import type { BookRow, PricedModel } from './priced-model.ts'
import { hasRates, KINDS, MEDIA_COLUMNS, RATE_GROUPS, TOKEN_COLUMNS, TOOL_COLUMNS } from './rates.ts'
import { SetPriceDialog } from './set-price-dialog.tsx'
import { WithdrawDialog } from './withdraw-dialog.tsx'
import { useWords } from './words.ts'

export function ModelDrawer({ row, onClose }: { readonly row: PricedModel; readonly onClose: () => void }) {
  const t = useWords()
  const [asked, setAsked] = useState<'price' | 'access' | 'multiplier'>()
  const close = () => setAsked(undefined)
  const { model, rates, multiplierPpm, access, ruledBy, aliases } = row
  return (
    <>
      <Drawer
        title={<code className="mono">{model}</code>}
        meta={rates === undefined ? t('origin_none') : t('meta')}
        onClose={onClose}
        actions={
          <Button kind="primary" onClick={() => setAsked('price')}>
            {t(rates === undefined ? 'setPrice' : 'changePrice')}
          </Button>
        }
      >
        {rates === undefined ? <Note status="warn">{t('noPriceText')}</Note> : <Rates rates={rates} />}
        <section className="rc">
          <h3>{t('rules')}</h3>
          <Facts
            facts={[
              {
                name: t('access'),
                value: (
                  <span className="row sb g8">
                    <span>
                      {access.kind === 'users'
                        ? t('accessPeople', { count: access.userIds.length })
                        : t(access.kind === 'role' ? `accessRole_${access.role}` : `access_${access.kind}`)}
                    </span>
                    <Button size="sm" onClick={() => setAsked('access')}>
                      {t('accessChange')}
                    </Button>
                  </span>
                ),
              },
              {
                name: t('multiplier'),
                value: (
                  <span className="row sb g8">
                    <span className="num">× {multiplierText(multiplierPpm)}</span>
                    <Button size="sm" onClick={() => setAsked('multiplier')}>
                      {t('multiplierChange')}
                    </Button>
                  </span>
                ),
              },
              ...(ruledBy === null
                ? []
                : [{ name: t('ruledBy'), value: <code className="mono">{ruledBy}</code> }]),
              ...(aliases.length === 0 ? [] : [{ name: t('aliases'), value: aliases.join(', ') }]),
            ]}
          />
        </section>
        <PriceHistory model={model} />
      </Drawer>
      {asked === 'price' ? <SetPriceDialog rows={[row]} model={model} onClose={close} /> : undefined}
      {asked === 'access' ? <AccessDialog row={row} onClose={close} /> : undefined}
      {asked === 'multiplier' ? (
        <MultiplierDialog model={model} multiplierPpm={multiplierPpm} onClose={close} />
      ) : undefined}
    </>
  )
}

function Rates({ rates }: { readonly rates: BookRow }) {
  const t = useWords()
  const groups = RATE_GROUPS.filter((group) => hasRates(group, rates))
  const numberAt = (column: keyof BookRow | undefined) => {
    const value = column === undefined ? undefined : rates[column]
    return typeof value === 'number' ? value : undefined
  }
  const facts = [
    ...[...MEDIA_COLUMNS, ...TOOL_COLUMNS].map((column) => [column, numberAt(column), 'money'] as const),
    ...TOKEN_COLUMNS.map((column) => [column, numberAt(column), 'tokens'] as const),
  ].flatMap(([column, value, unit]) =>
    value === undefined
      ? []
      : [
          {
            name: columnWords(t, column),
            value: unit === 'money' ? <Money nanoUsd={value} kind="price" /> : <Count value={value} />,
          },
        ],
  )
  return (
    <section className="rc">
      <h3>{t('rates')}</h3>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th>
              <span className="sr">{t('tier')}</span>
            </th>
            {KINDS.map((kind) => (
              <th key={kind} className="r">
                {t(`short_${kind}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map(({ group, columns }) => (
            <tr key={group}>
              <th scope="row">{t(`group_${group}`)}</th>
              {KINDS.map((kind) => {
                const value = numberAt(columns[kind])
                return (
                  <td key={kind} className="r num">
                    {value === undefined ? (
                      <span className="quiet">—</span>
                    ) : (
                      <Money nanoUsd={value} kind="price" />
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <Facts
        facts={[
          ...facts,
          ...(rates.isReasoning ? [{ name: t('rate_isReasoning'), value: t('yes') }] : []),
          { name: t('origin'), value: t(`origin_${rates.origin}`) },
          { name: t('from'), value: <Time atMs={rates.effectiveFrom} isAbsolute /> },
          ...(rates.source
            ? [{ name: t('source'), value: rates.origin === 'demo' ? t('demoSource') : rates.source }]
            : []),
        ]}
      />
    </section>
  )
}

function PriceHistory({ model }: { readonly model: string }) {
  const t = useWords()
  const [withdrawn, setWithdrawn] = useState<BookRow>()
  const history = useAsk('prices.list', { model, history: true })
  return (
    <section className="rc">
      <h3>{t('history')}</h3>
      {history.isPending ? <SkeletonRows rows={2} /> : undefined}
      {history.isError ? (
        <ErrorState error={history.error} onRetry={() => void history.refetch()} />
      ) : undefined}
      {history.data?.rows.length === 0 ? <p className="help">{t('historyEmpty')}</p> : undefined}
      <ul className="col g8">
        {history.data?.rows.map((row) => (
          <li key={row.id} className="row sb g8 wrap">
            <StatusShape status={STATE_SHAPE[row.state]}>{t(`state_${row.state}`)}</StatusShape>
            <span className="meta">
              <Time atMs={row.effectiveFrom} />
            </span>
            <span className="num">
              <Money nanoUsd={row.inputNanoUsdPerMTok} kind="price" /> ·{' '}
              <Money nanoUsd={row.outputNanoUsdPerMTok} kind="price" />
            </span>
            {row.state === 'upcoming' ? (
              <Button size="sm" onClick={() => setWithdrawn(row)}>
                {t('withdraw')}
              </Button>
            ) : undefined}
          </li>
        ))}
      </ul>
      {withdrawn === undefined ? undefined : (
        <WithdrawDialog row={withdrawn} onClose={() => setWithdrawn(undefined)} />
      )}
    </section>
  )
}
