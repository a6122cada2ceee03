// What can be done with one key: switching it off and on undo each other, anything else asks first.
import { Pencil, Power, RotateCw, ShieldCheck, Trash2 } from 'lucide-react'
import { type KeyRow, mayEnable, mayRotate } from '../../../api-keys/key-status.ts'
import { failureOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { MenuItem, MenuLine } from '../../../kit/menu.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useDone } from '../../../kit/undo.ts'
import { usePolicyWords } from '../../../policy/words.ts'
import { useFailureWords } from '../../../words/failure-words.ts'
import type { KeyTask } from './key-dialogs.tsx'
import { useWords } from './words.ts'

interface KeyMenuItemsProps {
  readonly apiKey: KeyRow
  readonly onTask: (kind: KeyTask['kind'], key: KeyRow) => void
}

export function KeyMenuItems({ apiKey, onTask }: KeyMenuItemsProps) {
  const t = useWords()
  const policy = usePolicyWords()
  const setStatus = useSetStatus(apiKey)
  return (
    <>
      <MenuItem icon={<Pencil size={15} />} onSelect={() => onTask('edit', apiKey)}>
        {t('edit')}
      </MenuItem>
      <MenuItem icon={<ShieldCheck size={15} />} onSelect={() => onTask('policy', apiKey)}>
        {policy('policy')}
      </MenuItem>
      <MenuItem
        icon={<RotateCw size={15} />}
        isDisabled={!mayRotate(apiKey)}
        onSelect={() => onTask('rotate', apiKey)}
      >
        {t('rotate')}
      </MenuItem>
      {apiKey.status === 'active' ? (
        <MenuItem icon={<Power size={15} />} onSelect={() => setStatus('disabled')}>
          {t('disable')}
        </MenuItem>
      ) : (
        <MenuItem
          icon={<Power size={15} />}
          isDisabled={!mayEnable(apiKey)}
          onSelect={() => setStatus('active')}
        >
          {t('enable')}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon={<Trash2 size={15} />} isDestructive onSelect={() => onTask('delete', apiKey)}>
        {t('delete')}
      </MenuItem>
    </>
  )
}

function useSetStatus({ id: keyId, name, replacedByKeyId }: KeyRow): (status: KeyRow['status']) => void {
  const t = useWords()
  const words = useFailureWords()
  const tellDone = useDone()
  const { mutateAsync } = useChange('keys.update', ['keys.list', 'audit.list'])
  return (status) => {
    const isOff = status === 'disabled'
    mutateAsync({ keyId, status }).then(
      () =>
        tellDone({
          status: isOff ? 'off' : 'ok',
          text: t(isOff ? 'wasDisabled' : 'wasEnabled', { name }),
          // One that another key took the place of has only been ended sooner.
          undo:
            replacedByKeyId === null
              ? () => mutateAsync({ keyId, status: isOff ? 'active' : 'disabled' })
              : undefined,
        }),
      (error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) }),
    )
  }
}
