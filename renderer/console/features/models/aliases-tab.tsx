// Other names of models: what clients may ask for in place of the real name.

import { Plus, Trash2, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { Combobox } from '../../../kit/combobox.tsx'
import { CutText } from '../../../kit/cut-text.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { Field } from '../../../kit/field.tsx'
import { useForm } from '../../../kit/form.ts'
import { FormDialog } from '../../../kit/form-dialog.tsx'
import { IconButton } from '../../../kit/icon-button.tsx'
import { useSortedRows } from '../../../kit/sorting.ts'
import { EmptyState, ErrorState, FailureNote, SkeletonRows } from '../../../kit/states.tsx'
import { Table } from '../../../kit/table.tsx'
import { TextInput } from '../../../kit/text-input.tsx'
import { useDone } from '../../../kit/undo.ts'
import { useWords } from './words.ts'

type Aliases = Readonly<Record<string, string>>

export function AliasesTab({ models }: { readonly models: readonly string[] }) {
  const t = useWords()
  const settings = useAsk('settings.get', {})
  const [isAdding, setIsAdding] = useState(false)
  const [removed, setRemoved] = useState<string>()
  const aliases = settings.data?.modelAliases
  const { rows, table } = useSortedRows(
    Object.entries(aliases ?? {}),
    { alias: ([alias]) => alias, model: ([, model]) => model },
    { by: 'alias', isDescending: false },
  )
  const add = (
    <Button kind="secondary" onClick={() => setIsAdding(true)}>
      <Plus size={14} aria-hidden="true" />
      {t('aliasAdd')}
    </Button>
  )
  return (
    <>
      {rows.length > 0 ? (
        <div className="row sb g12">
          <span className="help">{t('aliasesHelp')}</span>
          {add}
        </div>
      ) : undefined}
      <div className={rows.length > 0 || !settings.isSuccess ? 'panel' : undefined}>
        {settings.isPending ? <SkeletonRows rows={3} /> : undefined}
        {settings.isError ? (
          <ErrorState
            error={settings.error}
            onRetry={() => void settings.refetch()}
            isRetrying={settings.isFetching}
          />
        ) : undefined}
        {rows.length > 0 ? (
          <Table
            label={t('tab_aliases')}
            rows={rows}
            {...table}
            keyOf={([alias]) => alias}
            columns={[
              {
                name: 'alias',
                head: t('alias'),
                cuts: 'literal',
                sort: 'alias',
                cell: ([alias]) => <CutText text={alias} look="literal" />,
              },
              {
                name: 'model',
                head: t('aliasFor'),
                cuts: 'literal',
                sort: 'model',
                cell: ([, model]) => <CutText text={model} look="literal" />,
              },
              {
                name: 'actions',
                head: t('aliasRemove'),
                inCard: 'actions',
                cell: ([alias]) => (
                  <IconButton label={t('aliasRemoveNamed', { alias })} onClick={() => setRemoved(alias)}>
                    <Trash2 size={15} />
                  </IconButton>
                ),
              },
            ]}
          />
        ) : undefined}
        {settings.isSuccess && rows.length === 0 ? (
          <EmptyState
            icon={<Waypoints size={32} strokeWidth={1.5} />}
            title={t('aliasesEmptyTitle')}
            actions={add}
          >
            {t('aliasesEmptyText')}
          </EmptyState>
        ) : undefined}
      </div>
      {isAdding && aliases !== undefined ? (
        <AddAliasDialog aliases={aliases} models={models} onClose={() => setIsAdding(false)} />
      ) : undefined}
      {removed === undefined || aliases === undefined ? undefined : (
        <RemoveAlias aliases={aliases} alias={removed} onClose={() => setRemoved(undefined)} />
      )}
    </>
  )
}

const REFRESHED = ['settings.get', 'models.list'] as const

function AddAliasDialog(props: {
  readonly aliases: Aliases
  readonly models: readonly string[]
  readonly onClose: () => void
}) {
  const { aliases, models, onClose } = props
  const t = useWords()
  const tellDone = useDone()
  const { mutateAsync } = useChange('settings.update', REFRESHED)
  const form = useForm({
    initial: { alias: '', model: '' },
    check: ({ alias, model }) => ({
      alias: /^[\x21-\x7e]{1,200}$/.test(alias.trim()) ? undefined : t('aliasMissing'),
      model: model === '' ? t('aliasModelMissing') : undefined,
    }),
    send: async ({ alias, model }) => {
      await mutateAsync({ modelAliases: { ...aliases, [alias.trim()]: model } })
      tellDone({
        text: t('aliasAdded', { alias: alias.trim(), model }),
        undo: () => mutateAsync({ modelAliases: aliases }),
      })
      onClose()
    },
  })
  const { alias, model } = form.values
  return (
    <FormDialog onClose={onClose} title={t('aliasAdd')} form={form} submitLabel={t('aliasAdd')}>
      <Field label={t('alias')} help={t('aliasHelp')} error={form.errors.alias}>
        <TextInput isLiteral value={alias} maxLength={200} onChange={(text) => form.set('alias', text)} />
      </Field>
      <Field label={t('aliasFor')} error={form.errors.model}>
        <Combobox
          options={models.map((value) => ({ value, label: value }))}
          value={model === '' ? null : { value: model, label: model }}
          onChange={(chosen) => form.set('model', chosen?.value ?? '')}
        />
      </Field>
      <FailureNote error={form.failure} />
    </FormDialog>
  )
}

function RemoveAlias(props: {
  readonly aliases: Aliases
  readonly alias: string
  readonly onClose: () => void
}) {
  const { aliases, alias, onClose } = props
  const t = useWords()
  const tellDone = useDone()
  const { mutate, mutateAsync, isPending, error } = useChange('settings.update', REFRESHED)
  const confirm = () => {
    const { [alias]: _removed, ...kept } = aliases
    mutate(
      { modelAliases: kept },
      {
        onSuccess: () => {
          tellDone({
            text: t('aliasRemoved', { alias }),
            undo: () => mutateAsync({ modelAliases: aliases }),
          })
          onClose()
        },
      },
    )
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('aliasRemoveNamed', { alias })}
      confirmLabel={t('aliasRemove')}
      onConfirm={confirm}
      isWorking={isPending}
      error={<FailureNote error={error} />}
    >
      {t('aliasRemoveText', { alias, model: aliases[alias] ?? '' })}
    </ConfirmDialog>
  )
}
