// What was typed on a page and not saved is not lost without a word: whoever leaves for another page, or goes Back, is asked, and
// the browser asks before the page is closed or loaded again.
import { type ReactNode, useEffect, useEffectEvent } from 'react'
import { type AroundNavHandler, Router } from 'wouter'
import { create } from 'zustand'
import { isInDesktopWindow } from '../client/ipc-transport.ts'
import { ConfirmDialog } from '../kit/dialog.tsx'
import { useKitWords } from '../kit/kit-words.ts'

interface Leaving {
  /** What is typed and not saved, by its names on the page. */
  readonly unsaved: () => readonly string[]
  /** Where somebody wants to go, while they are asked. */
  readonly asked: { readonly names: readonly string[]; go(): void } | undefined
}

const NOTHING = { unsaved: () => [], asked: undefined } satisfies Leaving
const useLeaving = create<Leaving>()(() => NOTHING)

/** For the one page that is shown: what would be lost, asked for when somebody leaves. */
export function useUnsaved(names: () => readonly string[]): void {
  const latest = useEffectEvent(names)
  useEffect(() => {
    useLeaving.setState({ unsaved: () => latest() })
    return () => useLeaving.setState(NOTHING)
  }, [])
}

/** Whether they may go on at once; otherwise they are asked, and `go` is where they wanted to. */
function mayLeave(path: string | undefined, go: () => void): boolean {
  const names = useLeaving.getState().unsaved()
  // Parts of one page are in its search, and the page keeps what is typed in each.
  if (names.length === 0 || path === window.location.pathname) return true
  useLeaving.setState({ asked: { names, go } })
  return false
}

const askFirst: AroundNavHandler = (navigate, to, options) => {
  const go = () => navigate(to, options)
  if (mayLeave(String(to).split('?')[0], go)) go()
}

/** Around the pages of an app. */
export function UnsavedGuard({ children }: { readonly children: ReactNode }) {
  useEffect(() => {
    const onTraverse = (event: NavigateEvent) => {
      const { navigationType, destination, cancelable } = event
      if (navigationType !== 'traverse' || !cancelable) return
      const go = () => void window.navigation.traverseTo(destination.key)
      if (!mayLeave(new URL(destination.url).pathname, go)) event.preventDefault()
    }
    const onUnload = (event: BeforeUnloadEvent) => {
      if (useLeaving.getState().unsaved().length > 0) event.preventDefault()
    }
    // Not in every browser yet: there, Back does not ask.
    window.navigation?.addEventListener('navigate', onTraverse)
    // The desktop window would not ask, and not close either.
    if (!isInDesktopWindow()) window.addEventListener('beforeunload', onUnload)
    return () => {
      window.navigation?.removeEventListener('navigate', onTraverse)
      window.removeEventListener('beforeunload', onUnload)
    }
  }, [])
  return (
    <Router aroundNav={askFirst}>
      {children}
      <LeaveDialog />
    </Router>
  )
}

function LeaveDialog() {
  const t = useKitWords()
  const asked = useLeaving((leaving) => leaving.asked)
  if (asked === undefined) return null
  return (
    <ConfirmDialog
      isOpen
      onClose={() => useLeaving.setState({ asked: undefined })}
      title={t('leaveTitle')}
      confirmLabel={t('leave')}
      onConfirm={() => {
        useLeaving.setState(NOTHING)
        asked.go()
      }}
    >
      {t('leaveText', { names: asked.names.join(t('listComma')) })}
    </ConfirmDialog>
  )
}
