// New codes in two steps: what they give and how many, then the codes themselves, shown this once.
import { Download } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { RadioGroup } from '../../../kit/choices.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { downloadText } from '../../../kit/download.ts'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { CodeBlock } from '../../../kit/literals.tsx'
import { MoneyInput, NumberInput } from '../../../kit/number-input.tsx'
import { Select } from '../../../kit/select.tsx'
import { FailureNote, Note } from '../../../kit/states.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { codesCsv } from './plan-view.ts'
import styles from './plans.module.css'
import { useWords } from './words.ts'

type Generated = CallOutput<'codes.generate'>
const EXPIRIES = ['never', '7', '30', '90', '365'] as const
const DAY_MS = 24 * 60 * 60_000
const COUNT_MAX = 1_000

interface TypedBatch {
  readonly kind: 'balance' | 'plan'
  readonly amountNanoUsd: number | undefined
  readonly planId: string
  readonly count: number | undefined
  readonly name: string
  readonly prefix: string
  readonly expiry: (typeof EXPIRIES)[number]
}

export function GenerateCodesDialog({ onClose }: { readonly onClose: () => void }) {
  const [generated, setGenerated] = useState<Generated>()
  if (generated !== undefined) return <CodesDialog generated={generated} onClose={onClose} />
  return <BatchDialog onGenerated={setGenerated} onClose={onClose} />
}

interface BatchDialogProps {
  readonly onGenerated: (generated: Generated) => void
  readonly onClose: () => void
}

function BatchDialog({ onGenerated, onClose }: BatchDialogProps) {
  const t = useWords()
  const kit = useKitWords()
  const plans = useAsk('plans.list', {})
  const { mutateAsync } = useChange('codes.generate', ['codes.list'])
  const initial: TypedBatch = {
    kind: 'balance',
    amountNanoUsd: undefined,
    planId: '',
    count: 10,
    name: '',
    prefix: '',
    expiry: 'never',
  }
  const form = useForm({
    initial,
    check: ({ kind, amountNanoUsd = 0, planId, count = 0, prefix }) => ({
      amountNanoUsd: kind === 'balance' && amountNanoUsd <= 0 ? t('amountMissing') : undefined,
      planId: kind === 'plan' && planId === '' ? t('planMissing') : undefined,
      count: count < 1 || count > COUNT_MAX ? t('countMissing') : undefined,
      prefix: /^[A-Za-z0-9]{0,12}$/.test(prefix.trim()) ? undefined : t('prefixWrong'),
    }),
    send: async ({ kind, amountNanoUsd = 0, planId, count = 1, name, prefix, expiry }) =>
      onGenerated(
        await mutateAsync({
          kind,
          ...(kind === 'balance' ? { amountNanoUsd } : { planId }),
          count,
          prefix,
          ...(name.trim() === '' ? {} : { name: name.trim() }),
          expiresAt: expiry === 'never' ? null : Date.now() + Number(expiry) * DAY_MS,
        }),
      ),
  })
  const { values, errors } = form
  return (
    <FormDialog
      onClose={onClose}
      title={t('generate')}
      subtitle={t('generateSubtitle')}
      form={form}
      submitLabel={t('generateCount', { count: values.count ?? 0 })}
    >
      <RadioGroup
        label={t('gives')}
        look="wide-segments"
        value={values.kind}
        options={[
          { value: 'balance', label: t('kind_balance') },
          { value: 'plan', label: t('kind_plan') },
        ]}
        onChange={(kind) => form.set('kind', kind)}
      />
      <div className={styles.two}>
        {values.kind === 'balance' ? (
          <Field label={t('amount')} constraint={t('eachCode')} error={errors.amountNanoUsd}>
            <MoneyInput value={values.amountNanoUsd} onChange={(value) => form.set('amountNanoUsd', value)} />
          </Field>
        ) : (
          <Field label={t('plan')} error={errors.planId}>
            <Select
              value={values.planId}
              options={(plans.data?.rows ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(planId) => form.set('planId', planId)}
            />
          </Field>
        )}
        <Field label={t('count')} constraint={t('countMax')} error={errors.count}>
          <NumberInput value={values.count} onChange={(value) => form.set('count', value)} />
        </Field>
        <Field label={t('batchName')} constraint={kit('optional')}>
          <TextInput value={values.name} maxLength={100} onChange={(name) => form.set('name', name)} />
        </Field>
        <Field label={t('prefix')} constraint={kit('optional')} error={errors.prefix}>
          <TextInput
            isLiteral
            value={values.prefix}
            maxLength={12}
            onChange={(prefix) => form.set('prefix', prefix.toUpperCase())}
          />
        </Field>
        <Field label={t('expires')}>
          <Select
            value={values.expiry}
            options={EXPIRIES.map((value) => ({
              value,
              label: value === 'never' ? t('expiresNever') : t('inDays', { count: Number(value) }),
            }))}
            onChange={(expiry) => form.set('expiry', expiry)}
          />
        </Field>
      </div>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}

function CodesDialog({
  generated,
  onClose,
}: {
  readonly generated: Generated
  readonly onClose: () => void
}) {
  const t = useWords()
  const { codes, batch } = generated
  return (
    <Dialog
      isOpen
      isSticky
      onClose={onClose}
      title={t('generatedTitle', { count: codes.length })}
      subtitle={batch.name}
      actions={
        <>
          <Button onClick={() => downloadText(`codes-${batch.id}.csv`, codesCsv(codes), 'text/csv')}>
            <Download size={14} aria-hidden="true" />
            {t('saveCsv')}
          </Button>
          <Button kind="primary" onClick={onClose}>
            {t('done')}
          </Button>
        </>
      }
    >
      <Note status="warn">{t('shownOnce')}</Note>
      <div className={styles.generated}>
        <CodeBlock text={codes.join('\n')} where={t('codes')} />
      </div>
    </Dialog>
  )
}
