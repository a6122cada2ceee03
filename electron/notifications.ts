// Shows notices in the system's own way. A press leads to the console.
import { Notification } from 'electron'
import type { GatewayEvents } from './gateway-events.ts'
import { createNoticeFilter, modelToShow } from './notices.ts'
import type { Updates } from './updates/watch-updates.ts'
import type { Say } from './words.ts'

interface NotifyDeps {
  readonly events: Pick<GatewayEvents, 'onEvents'>
  readonly updates: Pick<Updates, 'onChange'>
  readonly say: () => Say
  readonly openConsole: () => void
}

export interface OperatorNotices {
  /** The machine fell asleep under so many requests. */
  slept(inFlight: number): void
}

/** More than anybody presses of what lies about. */
const KEPT_MAX = 20

export function notifyOperator({ events, updates, say, openConsole }: NotifyDeps): OperatorNotices {
  /** Electron keeps none of them: one that is collected does nothing when it is pressed later. */
  const kept: Notification[] = []
  const show = (title: string, body: string): void => {
    if (!Notification.isSupported()) return
    const notification = new Notification({ title, body })
    notification.on('click', openConsole)
    kept.push(notification)
    if (kept.length > KEPT_MAX) kept.shift()
    notification.show()
  }

  const noticeOf = createNoticeFilter()
  events.onEvents((happened) => {
    for (const event of happened) {
      const notice = noticeOf(event)
      if (notice === undefined) continue
      const model = event.type === 'price.missing' ? modelToShow(event.model) : ''
      show(say()(notice.title), say()(notice.body, { model }))
    }
  })

  let toldVersion = ''
  updates.onChange((state) => {
    if (state.kind !== 'ready' || state.version === toldVersion) return
    toldVersion = state.version
    show(say()('updateTitle', { version: state.version }), say()('updateBody'))
  })
  return { slept: (inFlight) => show(say().count('sleptTitle', inFlight), say()('sleptBody')) }
}
