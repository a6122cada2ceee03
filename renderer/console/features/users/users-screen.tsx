// The people of this gateway: found, filtered, sorted, let in and shut out; and those who are invited.
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../../kit/button.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { Tabs } from '../../../kit/tabs.tsx'
import { choiceParam, flagParam, useSearchParams } from '../../../routing/search-params.ts'
import { CreateUserDialog } from './create-user-dialog.tsx'
import { InvitationsList } from './invitations-list.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { UsersList } from './users-list.tsx'
import { useWords } from './words.ts'

const VIEWS = ['people', 'invitations'] as const
const PARAMS = { view: choiceParam(VIEWS), invite: flagParam }

export function UsersScreen() {
  const t = useWords()
  const [{ view = 'people', invite }, setParams] = useSearchParams(PARAMS)
  const [dialog, setDialog] = useState<'create' | 'invite' | undefined>(invite ? 'invite' : undefined)
  const create = () => setDialog('create')
  const openInvite = () => setDialog('invite')
  const close = () => setDialog(undefined)
  return (
    <div className="page">
      <PageHeader
        title={t('title')}
        actions={
          <>
            <Button onClick={openInvite}>{t('invite')}</Button>
            <Button kind="primary" onClick={create}>
              <UserPlus size={14} aria-hidden="true" />
              {t('create')}
            </Button>
          </>
        }
      />
      <div className="pbody">
        <Tabs
          label={t('title')}
          value={view}
          onChange={(next) => setParams({ view: next === 'people' ? undefined : next, invite: false })}
          tabs={VIEWS.map((value) => ({ value, label: t(`view_${value}`) }))}
        >
          {view === 'people' ? (
            <UsersList onCreate={create} onInvite={openInvite} />
          ) : (
            <InvitationsList onInvite={openInvite} />
          )}
        </Tabs>
      </div>
      {dialog === 'create' ? <CreateUserDialog onClose={close} /> : undefined}
      {dialog === 'invite' ? <InviteDialog onClose={close} /> : undefined}
    </div>
  )
}
