// Possible losses: money that a crash may have cost, decided one by one.

import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useChange, usePaged } from '../../../client/hooks.ts'
import { Money, Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { useKitWords } from '../../../kit/kit-words.ts'
import { moneyString } from '../../../kit/money.ts'
import { Section } from '../../../kit/page.tsx'
import { FilterSelect } from '../../../kit/select.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { Pager, Table } from '../../../kit/table.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { toast } from '../../../kit/toast.tsx'
import styles from './system.module.css'
import { useWords } from './words.ts'

type Loss = CallOutput<'losses.list'>['rows'][number]
const STATES = ['open', 'charged', 'dismissed'] as const
const SHAPES: Readonly<Record<Loss['state'], Status>> = { open: 'warn', charged: 'ok', dismissed: 'off' }

export function LossesPanel() {
  const t = useWords()
  const [state, setState] = useState<Loss['state'] | undefined>('open')
  const { query, paging } = usePaged('losses.list', { ...(state === undefined ? {} : { state }), limit: 20 })
  const [asked, setAsked] = useState<{ readonly what: 'charge' | 'dismiss'; readonly loss: Loss }>()
  const rows = query.data?.rows ?? []
  const open = query.data?.open
  return (
    <Section
      title={t('losses')}
      meta={
        open === undefined || open.count === 0 ? undefined : (
          <>
            {t('lossesOpen', { count: open.count })} · <Money nanoUsd={open.estimateNanoUsd} />
          </>
        )
      }
      actions={
        <FilterSelect
          label={t('state')}
          value={state}
          options={STATES.map((value) => ({ value, label: t(`loss_${value}`) }))}
          onChange={setState}
        />
      }
    >
      {query.isPending ? <SkeletonRows rows={2} /> : undefined}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : undefined}
      {query.isSuccess && rows.length === 0 ? (
        <p className={`help ${styles.none}`}>{t('lossesEmpty')}</p>
      ) : undefined}
      {rows.length > 0 && !query.isError ? (
        <>
          <Table
            label={t('losses')}
            rows={rows}
            keyOf={({ requestId }) => requestId}
            columns={[
              {
                name: 'who',
                head: t('person'),
                cuts: 'who',
                cell: ({ userEmail }) => <CutText text={userEmail} look="strong" />,
              },
              {
                name: 'model',
                head: t('model'),
                cuts: 'literal',
                cell: ({ model }) => <CutText text={model} look="literal" />,
              },
              { name: 'at', head: t('arrived'), cell: ({ createdAt }) => <Time atMs={createdAt} /> },
              {
                name: 'estimate',
                head: t('estimate'),
                isNumber: true,
                cell: ({ estimateNanoUsd }) => <Money nanoUsd={estimateNanoUsd} />,
              },
              {
                name: 'state',
                head: t('state'),
                cell: (loss) => (
                  <StatusShape status={SHAPES[loss.state]}>{t(`loss_${loss.state}`)}</StatusShape>
                ),
              },
              {
                name: 'actions',
                head: t('decide'),
                inCard: 'actions',
                cell: (loss) =>
                  loss.state === 'open' ? (
                    <span className="row g6 end">
                      {loss.planSubscriptionId === null ? (
                        <Button size="sm" onClick={() => setAsked({ what: 'charge', loss })}>
                          {t('charge')}
                        </Button>
                      ) : undefined}
                      <Button size="sm" kind="ghost" onClick={() => setAsked({ what: 'dismiss', loss })}>
                        {t('dismiss')}
                      </Button>
                    </span>
                  ) : (
                    <span className="meta">{loss.note}</span>
                  ),
              },
            ]}
          />
          <Pager paging={paging} />
        </>
      ) : undefined}
      {asked === undefined ? undefined : <DecideDialog {...asked} onClose={() => setAsked(undefined)} />}
    </Section>
  )
}

interface DecideDialogProps {
  readonly what: 'charge' | 'dismiss'
  readonly loss: Loss
  readonly onClose: () => void
}

/** The note is written already, so that Enter is enough; the person reads it. */
function DecideDialog({ what, loss, onClose }: DecideDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const { requestId, userEmail: email, estimateNanoUsd } = loss
  const amount = moneyString(estimateNanoUsd)
  const charge = useChange('losses.charge', ['losses.list', 'system.status'])
  const dismiss = useChange('losses.dismiss', ['losses.list', 'system.status'])
  const form = useForm({
    initial: { note: t(what === 'charge' ? 'chargeNote' : 'dismissNote') },
    check: ({ note }) => ({ note: note.trim() === '' ? t('noteMissing') : undefined }),
    send: async ({ note }) => {
      const decided = await (what === 'charge' ? charge : dismiss).mutateAsync({ requestId, note })
      const charged = moneyString(decided.chargedNanoUsd)
      toast({
        text: what === 'charge' ? t('charged', { amount: charged, email }) : t('dismissed', { email }),
      })
      onClose()
    },
  })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(what === 'charge' ? 'chargeTitle' : 'dismissTitle')}
      subtitle={email}
      onSubmit={form.submit}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button
            type="submit"
            kind={what === 'charge' ? 'primary' : 'destructive'}
            isWorking={form.isWorking}
          >
            {what === 'charge' ? t('chargeSubmit', { amount }) : t('dismissSubmit')}
          </Button>
        </>
      }
    >
      <p>{t(what === 'charge' ? 'chargeText' : 'dismissText', { amount, email })}</p>
      <Field label={t('note')} constraint={t('noteConstraint')} error={form.errors.note}>
        <TextInput value={form.values.note} maxLength={500} onChange={(note) => form.set('note', note)} />
      </Field>
      <FailureNote error={form.failure} />
    </Dialog>
  )
}
