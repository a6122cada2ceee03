// What can be done with several people at once. Each is changed for itself: what is refused for one leaves the others.
import { Pause, Play } from 'lucide-react'
import { useState } from 'react'
import { failureOf } from '../../../client/failures.ts'
import { useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { useDone } from '../../../kit/undo.ts'
import { useFailureWords } from '../../../words/failure-words.ts'
import type { UserRow } from './user-status.ts'
import { useWords } from './words.ts'

interface SelectedBarProps {
  readonly users: readonly UserRow[]
  readonly onSelectPage: () => void
  readonly onClear: () => void
}

export function SelectedBar({ users, onSelectPage, onClear }: SelectedBarProps) {
  const t = useWords()
  const words = useFailureWords()
  const tellDone = useDone()
  const [isAsking, setIsAsking] = useState(false)
  const change = useChange('users.setStatusMany', [
    'users.list',
    'users.get',
    'invitations.list',
    'audit.list',
  ])
  const count = users.length
  const text = t('suspendManyText', { names: users.map(({ email }) => email).join(', ') })

  const run = async (status: 'active' | 'suspended') => {
    const { rows } = await change.mutateAsync({ userIds: users.map(({ id }) => id), status })
    const refused = rows.filter(({ error }) => error !== null)
    setIsAsking(false)
    onClear()
    // Whoever was so already stays so.
    const changed = users.filter(
      (user) => user.status !== status && !refused.some(({ userId }) => userId === user.id),
    )
    const before = status === 'active' ? 'suspended' : 'active'
    const userIds = changed.map(({ id }) => id)
    tellDone({
      text: t(status === 'active' ? 'activatedMany' : 'suspendedMany', { count: count - refused.length }),
      undo: userIds.length === 0 ? undefined : () => change.mutateAsync({ userIds, status: before }),
    })
    for (const { userId, error } of refused) {
      if (error === null) continue
      const email = users.find(({ id }) => id === userId)?.email ?? userId
      toast({ status: 'bad', text: t('notChanged', { email, problem: words(error) }) })
    }
  }
  const activate = () => {
    run('active').catch((error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) }))
  }
  return (
    <div className="note row g8 wrap" role="toolbar" aria-label={t('selected', { count })}>
      <b className="b">{t('selected', { count })}</b>
      <Button size="sm" kind="quiet" onClick={onSelectPage}>
        {t('selectPage')}
      </Button>
      <Button size="sm" kind="quiet" onClick={onClear}>
        {t('selectNone')}
      </Button>
      <span className="grow" />
      <Button size="sm" onClick={activate} isWorking={change.isPending && !isAsking}>
        <Play size={14} aria-hidden="true" />
        {t('activate')}
      </Button>
      <Button size="sm" onClick={() => setIsAsking(true)}>
        <Pause size={14} aria-hidden="true" />
        {t('suspend')}
      </Button>
      {isAsking ? (
        <ConfirmDialog
          isOpen
          onClose={() => setIsAsking(false)}
          title={t('suspendManyTitle', { count })}
          confirmLabel={t('suspendManySubmit', { count })}
          onConfirm={() => void run('suspended').catch(() => undefined)}
          isWorking={change.isPending}
          error={<FailureNote error={change.error} />}
        >
          {users.some(({ role }) => role === 'admin') ? t('endsLinks', { text }) : text}
        </ConfirmDialog>
      ) : undefined}
    </div>
  )
}
