// The receipt of one request: what it cost, what happened to the money, how the charge was computed, and how long it took.
import type { ReactNode } from 'react'
import type { CallOutput } from '../../contract/catalogue.ts'
import { Money, Time } from '../kit/amounts.tsx'
import { CopyButton } from '../kit/copy.tsx'
import { Mono } from '../kit/literals.tsx'
import { Facts } from '../kit/page.tsx'
import { Rail, type RailStep } from '../kit/rail.tsx'
import { type Status, StatusShape, Tag } from '../kit/shape.tsx'
import { ENDING_SHAPE, endingOf } from '../usage-rows/ending.ts'
import { useUsageWords } from '../usage-rows/words.ts'
import { Sentence } from '../words/sentence.tsx'
import { useWordsOfApp } from '../words/words.ts'
import { Formula } from './formula.tsx'
import { type MoneyStep, measuredIn, moneySteps } from './money-steps.ts'
import styles from './receipt.module.css'
import { Timings } from './timings.tsx'
import { whyText } from './why.ts'
import { useReceiptWords } from './words.ts'

export type ReceiptView = CallOutput<'usage.receipt'>

export const OUTCOME_SHAPE: Readonly<Record<ReceiptView['outcome'], Status>> = {
  running: 'info',
  charged: 'ok',
  released: 'off',
  refused: 'bad',
  lost: 'warn',
}

interface ReceiptProps {
  readonly receipt: ReceiptView
  /** What the app knows beside it, such as the name of the key. */
  readonly facts?: readonly { readonly name: string; readonly value: ReactNode }[]
}

export function Receipt({ receipt, facts = [] }: ReceiptProps) {
  const t = useReceiptWords()
  const { charge, details, outcome, requestId, refundedNanoUsd } = receipt
  const amountNanoUsd = charge?.amountNanoUsd ?? 0
  return (
    <>
      <div className="rc">
        <div className={styles.figure}>
          <Money nanoUsd={amountNanoUsd} kind="request" />
        </div>
        <p className="meta num">
          {charge === null ? undefined : (
            <>
              <Sentence
                text={t('exactly')}
                parts={{ amount: <Money nanoUsd={amountNanoUsd} kind="exact" /> }}
              />
              {' · '}
            </>
          )}
          <Time atMs={receipt.receivedAt} isAbsolute />
        </p>
        <div className={styles.tags}>
          <Tag status={OUTCOME_SHAPE[outcome]}>{t(`outcome_${outcome}`)}</Tag>
          {charge === null ? undefined : (
            <Tag status="off">{t(receipt.source === 'plan' ? 'byPlan' : 'byBalance')}</Tag>
          )}
          {receipt.flags.isDemo && outcome !== 'refused' ? <Tag status="off">{t('demo')}</Tag> : undefined}
        </div>
        <Why receipt={receipt} />
        {refundedNanoUsd > 0 ? (
          <p className="meta">
            <Sentence
              text={t('refunded')}
              parts={{ amount: <Money nanoUsd={refundedNanoUsd} kind="exact" /> }}
            />
          </p>
        ) : undefined}
      </div>
      <div className="rc">
        <h3>{t('money')}</h3>
        <MoneyRail receipt={receipt} />
      </div>
      {charge === null ? undefined : <Formula charge={charge} price={receipt.price} />}
      {details === null ? undefined : <Timings details={details} />}
      {receipt.areDetailsExpired ? <p className="meta">{t('expired')}</p> : undefined}
      <div className="rc">
        <h3>{t('request')}</h3>
        <Facts
          facts={[
            {
              name: t('id'),
              value: (
                <span className="row g4 top">
                  <Mono>{requestId}</Mono>
                  <CopyButton text={requestId} what={t('id')} />
                </span>
              ),
            },
            { name: t('model'), value: <Mono>{receipt.model}</Mono> },
            { name: t('endpoint'), value: receipt.endpoint === null ? '—' : <Mono>{receipt.endpoint}</Mono> },
            ...(details === null
              ? []
              : [
                  {
                    name: t('status'),
                    value: (
                      <Mono>
                        {details.status}
                        {details.errorCode === null ? '' : ` ${details.errorCode}`}
                      </Mono>
                    ),
                  },
                ]),
            ...facts,
          ]}
        />
      </div>
    </>
  )
}

/** The first question about a request that failed. */
function Why({ receipt: { details, requestId, model, endpoint } }: { readonly receipt: ReceiptView }) {
  const t = useUsageWords()
  const words = useWordsOfApp()
  if (details === null) return undefined
  const why = whyText(words, { ...details, requestId, model, endpoint })
  if (why === undefined) return undefined
  const ending = endingOf(details)
  return (
    <p className={styles.why}>
      <span className="row wrap g8">
        <StatusShape status={ENDING_SHAPE[ending]}>
          <b className="m">{t(`reason_${ending}`)}</b>
        </StatusShape>
        {details.errorCode === null ? undefined : <Mono>{details.errorCode}</Mono>}
      </span>
      <span className="sec">{why}</span>
    </p>
  )
}

function MoneyRail({ receipt }: { readonly receipt: ReceiptView }) {
  const t = useReceiptWords()
  const steps = moneySteps(receipt)
  if (steps.length === 0) return <p className="meta">{t('noEntries')}</p>
  const textOf = ({ kind, note }: MoneyStep): string | undefined => {
    if (kind === 'hold') return t('text_hold')
    if (kind === 'release') return t('text_release')
    if (kind === 'settle') return settledText(t, receipt)
    return note ?? undefined
  }
  const railStep = (step: MoneyStep): RailStep => {
    const text = textOf(step)
    return {
      name: step.name,
      status: STEP_SHAPE[step.kind],
      title: t(`step_${step.kind}`),
      ...(text === undefined ? {} : { text }),
      aside: <Money nanoUsd={step.nanoUsd} kind="request" isSigned={step.kind !== 'hold'} />,
    }
  }
  return <Rail steps={steps.map(railStep)} />
}

function settledText(
  t: ReturnType<typeof useReceiptWords>,
  { charge, details }: Pick<ReceiptView, 'charge' | 'details'>,
): string {
  if (details !== null && endingOf(details) === 'gateway_stopped') return t('settled_gateway_stopped')
  const reason = charge?.reason ?? 'completed'
  const measured = charge === null ? undefined : measuredIn(charge)
  if (measured === undefined || (reason !== 'completed' && reason !== 'client_left'))
    return t(`settled_${reason}`)
  const isReported = charge?.reportedUsage !== null
  return t(isReported ? `settled_${reason}_beside` : `settled_${reason}_measured`, {
    what: t(`measured_${measured}`),
  })
}

const STEP_SHAPE: Readonly<Record<MoneyStep['kind'], Status>> = {
  hold: 'info',
  settle: 'ok',
  release: 'off',
  refund: 'ok',
  charge: 'warn',
  write_off: 'warn',
  correction: 'info',
}
