// A model on or off for everyone, from its row. Whoever is narrowed otherwise is named in its place; the drawer changes that.
import { useState } from 'react'
import { useChange } from '../../../client/hooks.ts'
import { Switch } from '../../../kit/choices.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { useDone } from '../../../kit/undo.ts'
import type { PricedModel } from './priced-model.ts'
import { useWords } from './words.ts'

export function AccessSwitch({ row }: { readonly row: PricedModel }) {
  const t = useWords()
  const { model, access } = row
  const [isAsking, setIsAsking] = useState(false)
  const tellDone = useDone()
  const { mutate, mutateAsync, isPending, error } = useChange('models.setAccess', [
    'models.list',
    'prices.list',
  ])
  const set = (kind: 'everyone' | 'nobody') =>
    mutate(
      { model, access: { kind } },
      {
        onSuccess: () => {
          setIsAsking(false)
          tellDone({
            text: t(kind === 'everyone' ? 'turnedOn' : 'turnedOff', { model }),
            undo: () => mutateAsync({ model, access }),
          })
        },
      },
    )
  if (access.kind === 'role' || access.kind === 'users') {
    const count = access.kind === 'users' ? access.userIds.length : 0
    return (
      <span className="sec">
        {access.kind === 'users' ? t('accessPeople', { count }) : t(`accessRole_${access.role}`)}
      </span>
    )
  }
  return (
    <>
      <Switch
        isSmall
        label={t('allowed', { model })}
        isOn={access.kind === 'everyone'}
        isDisabled={isPending}
        onChange={(isOn) => (isOn ? set('everyone') : setIsAsking(true))}
      />
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('turnOffTitle', { model })}
        confirmLabel={t('turnOff')}
        onConfirm={() => set('nobody')}
        isWorking={isPending}
        error={<FailureNote error={error} />}
      >
        {t('turnOffText', { model })}
      </ConfirmDialog>
    </>
  )
}
