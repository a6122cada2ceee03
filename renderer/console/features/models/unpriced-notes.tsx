// Models that were asked for and refused, because nobody said what they cost: priced from here, with one press.
import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { MoneyInput } from '../../../kit/number-input.tsx'
import { Shape } from '../../../kit/shape.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import styles from './models.module.css'
import type { BookRow, PricedModel } from './priced-model.ts'
import { nearestRow } from './rates.ts'
import { SetPriceDialog } from './set-price-dialog.tsx'
import { useWords } from './words.ts'

type Unpriced = CallOutput<'prices.unpriced'>['rows'][number]
const SHOWN_MAX = 3

export function UnpricedNotes({ rows }: { readonly rows: readonly PricedModel[] }) {
  const t = useWords()
  const { data } = useAsk('prices.unpriced', {})
  const [isWhole, setIsWhole] = useState(false)
  const all = data?.rows ?? []
  const shown = isWhole ? all : all.slice(0, SHOWN_MAX)
  if (all.length === 0) return null
  const priced = rows.flatMap(({ rates }) => (rates === undefined ? [] : [rates]))
  return (
    <section className="col g8" aria-label={t('unpriced')}>
      {shown.map((unpriced) => (
        <UnpricedNote key={unpriced.model} unpriced={unpriced} rows={rows} priced={priced} />
      ))}
      {all.length > shown.length ? (
        <span>
          <Button kind="quiet" size="sm" onClick={() => setIsWhole(true)}>
            {t('unpricedMore', { count: all.length - shown.length })}
          </Button>
        </span>
      ) : undefined}
    </section>
  )
}

interface UnpricedNoteProps {
  readonly unpriced: Unpriced
  readonly rows: readonly PricedModel[]
  readonly priced: readonly BookRow[]
}

function UnpricedNote({ unpriced, rows, priced }: UnpricedNoteProps) {
  const t = useWords()
  const kit = useKitWords()
  const { model, count, users, userCount, firstAskedAt } = unpriced
  const near = nearestRow(model, priced)
  const [typed, setTyped] = useState<{
    readonly input?: number | undefined
    readonly cached?: number | undefined
    readonly output?: number | undefined
  }>()
  const [isOpen, setIsOpen] = useState(false)
  const rates = typed ?? {
    input: near?.inputNanoUsdPerMTok,
    cached: near?.cachedInputNanoUsdPerMTok ?? undefined,
    output: near?.outputNanoUsdPerMTok,
  }
  const { input, cached, output } = rates
  const { mutateAsync, isPending, error } = useChange('prices.upsert', [
    'prices.unpriced',
    'prices.list',
    'models.list',
  ])
  const setPrice = () => {
    if (input === undefined || output === undefined) return setIsOpen(true)
    mutateAsync({
      model,
      inputNanoUsdPerMTok: input,
      outputNanoUsdPerMTok: output,
      ...(cached === undefined ? {} : { cachedInputNanoUsdPerMTok: cached }),
      ...(typed === undefined && near !== undefined
        ? { source: t('sourceLike', { model: near.model }) }
        : {}),
    }).then(
      // By then the note is gone: the model is no longer among those without a price.
      () => toast({ text: t('priceSet', { model }) }),
      // Shown in the note.
      () => undefined,
    )
  }
  const who = users[0]?.email ?? ''
  return (
    <div className={`note warn ${styles.unpriced}`}>
      <Shape status="warn" />
      <div className="grow">
        <div className="m">
          <Sentence text={t('unpricedTitle')} parts={{ model: <code className="mono">{model}</code> }} />
        </div>
        <div className="help">
          <Sentence
            text={
              userCount === 1
                ? t('unpricedOne', { count, email: who })
                : t('unpricedMany', { count, email: who, others: userCount - 1 })
            }
            parts={{ since: <Time atMs={firstAskedAt} /> }}
          />
          {kit('sentenceGap')}
          {near === undefined || typed !== undefined ? undefined : (
            <Sentence
              text={t('unpricedNear')}
              parts={{ model: <code className="mono">{near.model}</code> }}
            />
          )}
        </div>
        <FailureNote error={error} />
      </div>
      <div className={styles.quick}>
        {(['input', 'cached', 'output'] as const).map((name) => (
          <MoneyInput
            key={name}
            aria-label={`${t(`quick_${name}`)}, ${model}`}
            before={`${t(`quick_${name}`)} $`}
            value={rates[name]}
            onChange={(value) => setTyped({ ...rates, [name]: value })}
          />
        ))}
        <Button kind="primary" size="sm" onClick={setPrice} isWorking={isPending}>
          {t('setPrice')}
        </Button>
        <Button kind="ghost" size="sm" onClick={() => setIsOpen(true)}>
          <SlidersHorizontal size={14} aria-hidden="true" />
          {t('allRates')}
        </Button>
      </div>
      {isOpen ? <SetPriceDialog rows={rows} model={model} onClose={() => setIsOpen(false)} /> : undefined}
    </div>
  )
}
