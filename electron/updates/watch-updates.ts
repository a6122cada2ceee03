// When the app looks for a newer one, and what is known of it. Where nothing was built in to look at, it looks nowhere.
import type { UpdateState } from '../../contract/desktop.ts'
import type { Clock } from '../../server/ports.ts'
import type { PreferenceStore } from '../preferences.ts'
import type { Updater, UpdaterNews } from './updater.ts'

const LOOK_EVERY_MS = 24 * 60 * 60_000

export interface Updates {
  state(): UpdateState
  /** Because somebody asked; resolves to what came of it. A download goes on behind it. */
  check(): Promise<UpdateState>
  onChange(listener: (state: UpdateState) => void): void
  /** Puts the one that is ready in this app's place; false where there is none, or it failed. */
  install(): boolean
  /** Quitting installs nothing from now on. */
  keepVersion(): void
}

interface WatchDeps {
  /** Undefined where there is no feed. */
  readonly updater: Updater | undefined
  readonly preferences: Pick<PreferenceStore, 'get'>
  readonly clock: Pick<Clock, 'now'>
}

export function watchUpdates({ updater, preferences, clock }: WatchDeps): Updates {
  const listeners: ((state: UpdateState) => void)[] = []
  let state: UpdateState = { kind: updater === undefined ? 'none' : 'idle' }

  const become = (next: UpdateState): void => {
    state = next
    for (const listener of listeners) listener(next)
  }
  updater?.onNews((news) => become(stateAfter(news, clock.now())))

  async function check(): Promise<UpdateState> {
    // One that is ready waits for a restart, and one that newer is comes after it.
    const isBusy = state.kind === 'ready' || state.kind === 'downloading' || state.kind === 'checking'
    if (updater === undefined || isBusy) return state
    become({ kind: 'checking' })
    await updater.check()
    return state
  }
  const checkUnasked = (): void => {
    if (preferences.get().looksForUpdates) void check()
  }
  if (updater !== undefined) {
    setInterval(checkUnasked, LOOK_EVERY_MS).unref()
    checkUnasked()
  }

  return {
    state: () => state,
    check,
    onChange: (listener) => void listeners.push(listener),
    install: () => updater !== undefined && state.kind === 'ready' && updater.install(),
    keepVersion: () => updater?.keepVersion(),
  }
}

const stateAfter = (news: UpdaterNews, nowMs: number): UpdateState =>
  news.kind === 'newest' ? { kind: 'newest', checkedAt: nowMs } : news
