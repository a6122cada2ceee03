// The dialog of whatever was begun: a new key, or something with one that there is. Loaded when the first one opens.
import { useLocation } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { EditKeyDialog } from '../../../api-keys/edit-key-dialog.tsx'
import type { KeyRow } from '../../../api-keys/key-status.ts'
import { RotateKeyDialog } from '../../../api-keys/rotate-key-dialog.tsx'
import { PolicyDialog } from '../../../policy/policy-dialog.tsx'
import { carryKey } from '../../carried-key.ts'
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
  const [, goTo] = useLocation()
  const onConnect = (secret: string) => {
    carryKey(secret)
    goTo(PORTAL_PATHS.connect)
  }
  const shared = { baseUrl: `${window.location.origin}/v1`, onConnect, onClose }
  if (task.kind === 'create') return <CreateKeyDialog {...shared} />
  const { kind, apiKey } = task
  if (kind === 'edit') return <EditKeyDialog apiKey={apiKey} onClose={onClose} />
  if (kind === 'policy') {
    const subject = { scope: 'key', subjectId: apiKey.id, name: apiKey.name } as const
    return <PolicyDialog subject={subject} onClose={onClose} />
  }
  if (kind === 'rotate') return <RotateKeyDialog apiKey={apiKey} {...shared} />
  return <DeleteKeyDialog apiKey={apiKey} onClose={onClose} />
}
