// A teammate's API keys: made, renamed, switched off and deleted; who used each last, and from where.
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { usePaged } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Pager } from '../../../kit/table.tsx'
import { PolicyDialog } from '../../../policy/policy-dialog.tsx'
import { flagParam, useSearchParams } from '../../../routing/search-params.ts'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { DeleteKeyDialog } from './delete-key-dialog.tsx'
import type { KeyRow } from './key-status.ts'
import { KeysTable } from './keys-table.tsx'
import { RenameKeyDialog } from './rename-key-dialog.tsx'
import { useWords } from './words.ts'

type OpenDialog = { readonly kind: 'rename' | 'policy' | 'delete'; readonly key: KeyRow } | undefined

/** `new`: a key is being made, as where another page leads here for it. */
const PARAMS = { new: flagParam }

export function KeysScreen() {
  const t = useWords()
  const me = useMe()
  // An administrator's own page: without the id, the list would be everybody's.
  const { query, paging } = usePaged('keys.list', { userId: me.id })
  const [dialog, setDialog] = useState<OpenDialog>()
  const close = () => setDialog(undefined)
  const [{ new: isCreating }, setParams] = useSearchParams(PARAMS)
  const create = () => setParams({ new: true })
  const rows = query.data?.rows
  const isEmpty = rows?.length === 0 && paging.pageIndex === 0

  return (
    <>
      <PageHeader
        title={t('title')}
        meta={
          rows === undefined || isEmpty ? undefined : t('meta', { count: query.data?.total ?? rows.length })
        }
        actions={
          rows === undefined || isEmpty ? undefined : (
            <Button kind="primary" onClick={create}>
              <Plus size={14} aria-hidden="true" />
              {t('create')}
            </Button>
          )
        }
      />
      <div className="panel">
        {query.isPending ? <SkeletonRows rows={4} /> : undefined}
        {query.isError ? (
          <ErrorState
            error={query.error}
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        ) : undefined}
        {rows !== undefined && !query.isError && !isEmpty ? (
          <>
            <KeysTable
              rows={rows}
              onRename={(key) => setDialog({ kind: 'rename', key })}
              onPolicy={(key) => setDialog({ kind: 'policy', key })}
              onDelete={(key) => setDialog({ kind: 'delete', key })}
            />
            <Pager paging={paging} total={query.data?.total} />
          </>
        ) : undefined}
        {isEmpty && !query.isError ? (
          <EmptyState
            icon={<KeyRound size={32} strokeWidth={1.5} />}
            title={t('emptyTitle')}
            actions={
              <Button kind="primary" onClick={create}>
                <Plus size={14} aria-hidden="true" />
                {t('create')}
              </Button>
            }
          >
            {t('emptyText')}
          </EmptyState>
        ) : undefined}
      </div>
      <CreateKeyDialog isOpen={isCreating} onClose={() => setParams({ new: false })} />
      {dialog?.kind === 'rename' ? <RenameKeyDialog apiKey={dialog.key} onClose={close} /> : undefined}
      {dialog?.kind === 'policy' ? (
        <PolicyDialog
          subject={{ scope: 'key', subjectId: dialog.key.id, name: dialog.key.name }}
          onClose={close}
        />
      ) : undefined}
      {dialog?.kind === 'delete' ? <DeleteKeyDialog apiKey={dialog.key} onClose={close} /> : undefined}
    </>
  )
}
