// Says that something was done, and offers to take it back. One way for every change that can be: what was there before is
// sent again, and the same toast says whether that went well. What cannot be taken back asks before, by name.
import { failureOf } from '../client/failures.ts'
import { useFailureWords } from '../words/failure-words.ts'
import { useKitWords } from './kit-words.ts'
import type { Status } from './shape.tsx'
import { toast } from './toast.tsx'

interface Done {
  readonly text: string
  readonly status?: Status
  /** Puts back what was there before. Left out where there is nothing to put back this time. */
  readonly undo?: (() => Promise<unknown>) | undefined
}

/** Outlives the dialog or the row that made the change. */
export function useDone(): (done: Done) => void {
  const t = useKitWords()
  const words = useFailureWords()
  return ({ undo, ...said }) => {
    if (undo === undefined) return toast(said)
    const takeBack = () =>
      undo().then(
        () => toast({ text: t('undone') }),
        (error: unknown) => toast({ status: 'bad', text: words(failureOf(error)) }),
      )
    toast({ ...said, action: { label: t('undo'), onSelect: () => void takeBack() } })
  }
}
