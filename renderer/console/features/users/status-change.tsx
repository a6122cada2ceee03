// Approve, reject, suspend, activate: what lets somebody in happens at once, what shuts somebody out is asked first. Suspending
// and activating undo each other.
import { useState } from 'react'
import { failureOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useDone } from '../../../kit/undo.ts'
import { useFailureWords } from '../../../words/failure-words.ts'
import type { StatusAction, UserRow } from './user-status.ts'
import { useWords } from './words.ts'

const TOUCHED = ['users.list', 'users.get', 'keys.list', 'invitations.list', 'audit.list'] as const
type Asked = Extract<StatusAction, 'reject' | 'suspend'>

interface StatusChange {
  /** Does it, or asks first. */
  begin(action: StatusAction, user: UserRow): void
  readonly isWorking: boolean
  /** The question that is open, to be rendered wherever. */
  readonly dialog: React.ReactNode
}

/** `onRejected`: the account is gone, and so is its page. */
export function useStatusChange(onRejected: () => void = () => undefined): StatusChange {
  const t = useWords()
  const words = useFailureWords()
  const tellDone = useDone()
  const approve = useChange('users.approve', TOUCHED)
  const setStatus = useChange('users.setStatus', TOUCHED)
  const [asked, setAsked] = useState<{ readonly action: Asked; readonly user: UserRow }>()
  const fail = (error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) })
  return {
    begin(action, user) {
      const { id: userId, email } = user
      if (action === 'approve') {
        approve.mutateAsync({ userId }).then(() => toast({ text: t('approved', { email }) }), fail)
      } else if (action === 'activate') {
        const undo = () => setStatus.mutateAsync({ userId, status: 'suspended' })
        const done = setStatus.mutateAsync({ userId, status: 'active' })
        done.then(() => tellDone({ text: t('activated', { email }), undo }), fail)
      } else {
        setAsked({ action, user })
      }
    },
    isWorking: approve.isPending || setStatus.isPending,
    dialog:
      asked === undefined ? null : (
        <AskFirst {...asked} onRejected={onRejected} onClose={() => setAsked(undefined)} />
      ),
  }
}

interface AskFirstProps {
  readonly action: Asked
  readonly user: UserRow
  readonly onRejected: () => void
  readonly onClose: () => void
}

function AskFirst({ action, user: { id: userId, email, role }, onRejected, onClose }: AskFirstProps) {
  const t = useWords()
  const suspend = useChange('users.setStatus', TOUCHED)
  const reject = useChange('users.reject', ['users.list', 'audit.list'])
  const isReject = action === 'reject'
  const text = t(`askText_${action}`, { email })
  const { isPending, error } = isReject ? reject : suspend
  const tellDone = useDone()
  const confirm = () => {
    if (!isReject) {
      const undo = () => suspend.mutateAsync({ userId, status: 'active' })
      const onSuccess = () => {
        tellDone({ status: 'off', text: t('suspended', { email }), undo })
        onClose()
      }
      return suspend.mutate({ userId, status: 'suspended' }, { onSuccess })
    }
    const onSuccess = () => {
      toast({ status: 'off', text: t('rejected', { email }) })
      onClose()
      onRejected()
    }
    reject.mutate({ userId }, { onSuccess })
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(`askTitle_${action}`, { email })}
      confirmLabel={t(`askSubmit_${action}`)}
      onConfirm={confirm}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {role === 'admin' ? t('endsLinks', { text }) : text}
    </ConfirmDialog>
  )
}
