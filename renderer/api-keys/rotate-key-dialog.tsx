// Gives a key a successor. As routine, both work until the overlap ends; after a leak, the old one stops at once.
import { useState } from 'react'
import { useChange } from '../client/hooks.ts'
import { Button } from '../kit/button.tsx'
import { RadioGroup } from '../kit/choices.tsx'
import { Dialog } from '../kit/dialog.tsx'
import { Field } from '../kit/field.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import { Select } from '../kit/select.tsx'
import { FailureNote } from '../kit/states.tsx'
import type { KeyRow } from './key-status.ts'
import { SecretDialog } from './secret-dialog.tsx'
import { useApiKeyWords } from './words.ts'

const REASONS = ['routine', 'leak'] as const
const OVERLAPS = ['0', '1', '24', '168', '720'] as const

interface RotateKeyDialogProps {
  readonly apiKey: KeyRow
  /** Whose it is, where that is not clear. */
  readonly subtitle?: string
  /** Where clients send requests to, for whoever sets one up now. */
  readonly baseUrl?: string
  readonly onConnect?: (secret: string) => void
  readonly onClose: () => void
}

export function RotateKeyDialog({ apiKey, subtitle, baseUrl, onConnect, onClose }: RotateKeyDialogProps) {
  const { id: keyId, name } = apiKey
  const t = useApiKeyWords()
  const kit = useKitWords()
  const [reason, setReason] = useState<(typeof REASONS)[number]>('routine')
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]>('24')
  const { mutate, data, isPending, error } = useChange('keys.rotate', ['keys.list', 'audit.list'])
  const isLeak = reason === 'leak'
  const outcome = isLeak
    ? t('outcome_leak')
    : t(overlap === '0' ? 'outcome_none' : 'outcome_overlap', { time: t(`overlap_${overlap}`) })
  if (data !== undefined) {
    const shown = { secret: data.secret, text: outcome, baseUrl, onConnect, onClose }
    return <SecretDialog {...shown} />
  }
  const rotate = () => mutate({ keyId, reason, ...(isLeak ? {} : { overlapHours: Number(overlap) }) })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('rotateTitle', { name })}
      subtitle={subtitle}
      onSubmit={rotate}
      actions={
        <>
          <Button onClick={onClose}>{kit('cancel')}</Button>
          <Button type="submit" kind={isLeak ? 'destructive' : 'primary'} isWorking={isPending}>
            {t('rotateSubmit')}
          </Button>
        </>
      }
    >
      <RadioGroup
        label={t('reason')}
        value={reason}
        options={REASONS.map((value) => ({
          value,
          label: t(`reason_${value}`),
          help: t(`reasonHelp_${value}`),
        }))}
        onChange={setReason}
      />
      {isLeak ? undefined : (
        <Field label={t('overlap')}>
          <Select
            value={overlap}
            options={OVERLAPS.map((value) => ({ value, label: t(`overlap_${value}`) }))}
            onChange={setOverlap}
          />
        </Field>
      )}
      <p className="help" role="status">
        {outcome}
      </p>
      <FailureNote error={error} />
    </Dialog>
  )
}
