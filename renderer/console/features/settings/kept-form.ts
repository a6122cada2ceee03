// A form whose text outlives it: another part of the settings may be looked at meanwhile, and what is stored may be asked for
// again, or be away for a moment.
import { useEffect } from 'react'
import { type Form, type FormOptions, useForm } from '../../../kit/form.ts'

/** What is typed and not saved, by field. It is kept by the page, in memory alone: a key may be among it. */
export interface Draft<Values> {
  changes: Partial<Values>
  /** It is on its way: the form that is shown once it has been stored starts without it. */
  isSending: boolean
}

export const newDraft = <Values>(): Draft<Values> => ({ changes: {}, isSending: false })

export const hasText = ({ changes }: { readonly changes: object }): boolean => Object.keys(changes).length > 0

interface KeptFormOptions<Values> extends Omit<FormOptions<Values>, 'typed'> {
  readonly draft: Draft<Values>
}

export function useKeptForm<Values extends object>({
  draft,
  initial,
  send,
  ...options
}: KeptFormOptions<Values>): Form<Values> & { readonly isChanged: boolean } {
  const form = useForm({
    ...options,
    initial,
    typed: { ...initial, ...draft.changes },
    send: async (values) => {
      Object.assign(draft, { changes: {}, isSending: true })
      try {
        await send(values)
      } catch (error) {
        draft.changes = changesOf(initial, values)
        throw error
      } finally {
        draft.isSending = false
      }
    },
  })
  const changes = changesOf(initial, form.values)
  useEffect(() => {
    if (!draft.isSending) draft.changes = changes
  })
  return { ...form, isChanged: Object.keys(changes).length > 0 }
}

function changesOf<Values extends object>(initial: Values, values: Values): Partial<Values> {
  const changes: Partial<Values> = {}
  for (const name in values) if (values[name] !== initial[name]) changes[name] = values[name]
  return changes
}
