// What can be done with one key: switching it off is undone by switching it on, anything else asks first.
import { Pencil, Power, RotateCw, Trash2 } from 'lucide-react'
import { type KeyRow, mayEnable, mayRotate } from '../../../api-keys/key-status.ts'
import { failureOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { MenuItem, MenuLine } from '../../../kit/menu.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useFailureWords } from '../../../words/failure-words.ts'
import type { KeyTask } from './key-dialogs.tsx'
import { useWords } from './words.ts'

interface KeyMenuItemsProps {
  readonly apiKey: KeyRow
  readonly onTask: (kind: KeyTask['kind'], key: KeyRow) => void
}

export function KeyMenuItems({ apiKey, onTask }: KeyMenuItemsProps) {
  const t = useWords()
  const setStatus = useSetStatus(apiKey)
  return (
    <>
      <MenuItem icon={<Pencil size={15} />} onSelect={() => onTask('edit', apiKey)}>
        {t('edit')}
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

function useSetStatus({ id: keyId, name }: KeyRow): (status: KeyRow['status']) => void {
  const t = useWords()
  const words = useFailureWords()
  const { mutateAsync } = useChange('keys.update', ['keys.list', 'audit.list'])
  const setStatus = (status: KeyRow['status']): void => {
    const isOff = status === 'disabled'
    mutateAsync({ keyId, status }).then(
      () =>
        toast({
          status: isOff ? 'off' : 'ok',
          text: t(isOff ? 'wasDisabled' : 'wasEnabled', { name }),
          ...(isOff ? { action: { label: t('undo'), onSelect: () => setStatus('active') } } : {}),
        }),
      (error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) }),
    )
  }
  return setStatus
}
