// Shows notices in the system's own way. A press leads to the console.
import { Notification } from 'electron'
import type { GatewayEvents } from './gateway-events.ts'
import { createNoticeFilter } from './notices.ts'
import type { Say } from './words.ts'

export function notifyOperator(events: GatewayEvents, say: () => Say, openConsole: () => void): void {
  const noticeOf = createNoticeFilter()
  events.onEvents((happened) => {
    for (const event of happened) {
      const notice = noticeOf(event)
      if (notice === undefined || !Notification.isSupported()) continue
      const model = event.type === 'price.missing' ? event.model : ''
      const notification = new Notification({
        title: say()(notice.title),
        body: say()(notice.body, { model }),
      })
      notification.on('click', openConsole)
      notification.show()
    }
  })
}
