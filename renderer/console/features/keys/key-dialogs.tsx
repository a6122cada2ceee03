// The dialog of whatever was begun with one key.
import { DeleteKeyDialog } from './delete-key-dialog.tsx'
import { EditKeyDialog } from './edit-key-dialog.tsx'
import type { KeyRow } from './key-status.ts'
import { RotateKeyDialog } from './rotate-key-dialog.tsx'

export interface KeyTask {
  readonly kind: 'edit' | 'rotate' | 'delete'
  readonly apiKey: KeyRow
}

interface KeyDialogsProps {
  readonly task: KeyTask
  readonly onClose: () => void
}

export function KeyDialogs({ task: { kind, apiKey }, onClose }: KeyDialogsProps) {
  if (kind === 'edit') return <EditKeyDialog apiKey={apiKey} onClose={onClose} />
  if (kind === 'rotate') return <RotateKeyDialog apiKey={apiKey} onClose={onClose} />
  return <DeleteKeyDialog apiKey={apiKey} onClose={onClose} />
}
