// The dialog of whatever was begun with one key.
import { EditKeyDialog } from '../../../api-keys/edit-key-dialog.tsx'
import type { KeyRow } from '../../../api-keys/key-status.ts'
import { RotateKeyDialog } from '../../../api-keys/rotate-key-dialog.tsx'
import { PolicyDialog } from '../../../policy/policy-dialog.tsx'
import { DeleteKeyDialog } from './delete-key-dialog.tsx'

export interface KeyTask {
  readonly kind: 'edit' | 'policy' | 'rotate' | 'delete'
  readonly apiKey: KeyRow
}

interface KeyDialogsProps {
  readonly task: KeyTask
  readonly onClose: () => void
}

export function KeyDialogs({ task: { kind, apiKey }, onClose }: KeyDialogsProps) {
  const subtitle = apiKey.userEmail
  if (kind === 'edit') return <EditKeyDialog apiKey={apiKey} subtitle={subtitle} onClose={onClose} />
  if (kind === 'policy') {
    const subject = { scope: 'key', subjectId: apiKey.id, name: apiKey.name } as const
    return <PolicyDialog subject={subject} onClose={onClose} />
  }
  if (kind === 'rotate') return <RotateKeyDialog apiKey={apiKey} subtitle={subtitle} onClose={onClose} />
  return <DeleteKeyDialog apiKey={apiKey} onClose={onClose} />
}
