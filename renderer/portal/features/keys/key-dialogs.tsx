// The dialog of whatever was begun: a new key, or something with one that there is. Loaded when the first one opens.
import { EditKeyDialog } from '../../../api-keys/edit-key-dialog.tsx'
import type { KeyRow } from '../../../api-keys/key-status.ts'
import { RotateKeyDialog } from '../../../api-keys/rotate-key-dialog.tsx'
import { PolicyDialog } from '../../../policy/policy-dialog.tsx'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { DeleteKeyDialog } from './delete-key-dialog.tsx'

export type KeyTask =
  | { readonly kind: 'create' }
  | { readonly kind: 'edit' | 'policy' | 'rotate' | 'delete'; readonly apiKey: KeyRow }

interface KeyDialogsProps {
  readonly task: KeyTask
  readonly onClose: () => void
}

export function KeyDialogs({ task, onClose }: KeyDialogsProps) {
  const baseUrl = `${window.location.origin}/v1`
  if (task.kind === 'create') return <CreateKeyDialog baseUrl={baseUrl} onClose={onClose} />
  const { kind, apiKey } = task
  if (kind === 'edit') return <EditKeyDialog apiKey={apiKey} onClose={onClose} />
  if (kind === 'policy') {
    const subject = { scope: 'key', subjectId: apiKey.id, name: apiKey.name } as const
    return <PolicyDialog subject={subject} onClose={onClose} />
  }
  if (kind === 'rotate') return <RotateKeyDialog apiKey={apiKey} baseUrl={baseUrl} onClose={onClose} />
  return <DeleteKeyDialog apiKey={apiKey} onClose={onClose} />
}
