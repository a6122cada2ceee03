// The dialog of whatever was begun with one key.
import { PolicyDialog } from '../../../policy/policy-dialog.tsx'
import { DeleteKeyDialog } from './delete-key-dialog.tsx'
import { EditKeyDialog } from './edit-key-dialog.tsx'
import type { KeyRow } from './key-status.ts'
import { RotateKeyDialog } from './rotate-key-dialog.tsx'

export interface KeyTask {
  readonly kind: 'edit' | 'policy' | 'rotate' | 'delete'
  readonly apiKey: KeyRow
}

interface KeyDialogsProps {
  readonly task: KeyTask
  readonly onClose: () => void
}

export function KeyDialogs({ task: { kind, apiKey }, onClose }: KeyDialogsProps) {
  if (kind === 'edit') return <EditKeyDialog apiKey={apiKey} onClose={onClose} />
  if (kind === 'policy') {
    const subject = { scope: 'key', subjectId: apiKey.id, name: apiKey.name } as const
    return <PolicyDialog subject={subject} onClose={onClose} />
  }
  if (kind === 'rotate') return <RotateKeyDialog apiKey={apiKey} onClose={onClose} />
  return <DeleteKeyDialog apiKey={apiKey} onClose={onClose} />
}
