// All rules of one role, plan, person or key, replaced together.
import type { LimitScope } from '../../contract/limits.ts'
import type { RequestPolicy, SubjectPolicyView } from '../../contract/request-policy.ts'
import { useAsk, useChange } from '../client/hooks.ts'
import { Button } from '../kit/button.tsx'
import { Dialog } from '../kit/dialog.tsx'
import { useForm } from '../kit/form.ts'
import { FormDialog } from '../kit/form-dialog.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import { ErrorState, FailureNote, SkeletonRows } from '../kit/states.tsx'
import { useDone } from '../kit/undo.ts'
import { areCallsSound, type PolicyDraft, toDraft, toPolicy } from './policy-draft.ts'
import { PolicyForm } from './policy-form.tsx'
import { usePolicyWords } from './words.ts'

export interface PolicySubject {
  readonly scope: LimitScope
  readonly subjectId: string
  /** As it is called where it is shown. */
  readonly name: string
}

interface PolicyDialogProps {
  readonly subject: PolicySubject
  readonly onClose: () => void
}

/** For screens that load the catalogue `policy`. */
export function PolicyDialog({ subject, onClose }: PolicyDialogProps) {
  const t = usePolicyWords()
  const kit = useKitWords()
  const { scope, subjectId, name } = subject
  const query = useAsk('policies.get', { scope, subjectId })
  if (query.data && !query.isError)
    return <LoadedDialog subject={subject} view={query.data} onClose={onClose} />
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('policy')}
      subtitle={name}
      actions={<Button onClick={onClose}>{kit('cancel')}</Button>}
    >
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
      ) : (
        <SkeletonRows rows={6} />
      )}
    </Dialog>
  )
}

function LoadedDialog({ subject, view, onClose }: PolicyDialogProps & { readonly view: SubjectPolicyView }) {
  const t = usePolicyWords()
  const tellDone = useDone()
  const { scope, subjectId, name } = subject
  const { mutateAsync } = useChange('policies.update', ['policies.get', 'audit.list'])
  const initial: { readonly policy: PolicyDraft } = { policy: toDraft(view.policy) }
  const form = useForm({
    initial,
    check: ({ policy }) => ({ policy: areCallsSound(policy) ? undefined : t('callsProblem') }),
    send: async ({ policy }) => {
      const set = (said: RequestPolicy) => mutateAsync({ scope, subjectId, policy: said })
      await set(toPolicy(policy))
      tellDone({ text: t('saved', { name }), undo: () => set(view.policy) })
      onClose()
    },
  })
  return (
    <FormDialog onClose={onClose} title={t('policy')} subtitle={name} form={form} submitLabel={t('save')}>
      <PolicyForm view={view} draft={form.values.policy} onChange={(policy) => form.set('policy', policy)} />
      <FailureNote error={form.failure} />
      <p className="help">{t(scope === 'key' ? 'helpKey' : 'help')}</p>
    </FormDialog>
  )
}
