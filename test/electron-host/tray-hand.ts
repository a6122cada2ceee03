// The tray and the dialogs as a person sees and presses them, and a client that asks the gateway meanwhile.
import type { DesktopApp } from './desktop-app.ts'

/** The line for hovering, and each item with what it says. */
export const seen = (app: DesktopApp) =>
  app.inMain(({ trays: [tray] }) => {
    const items = tray?.menu?.items.filter(({ visible, type }) => visible && type !== 'separator') ?? []
    return {
      toolTip: tray?.toolTip,
      icon: tray?.icon,
      items: Object.fromEntries(items.map(({ id, label }) => [id, label])),
      enabled: items.filter(({ enabled }) => enabled).map(({ id }) => id),
    }
  })

export const click = (app: DesktopApp, id: string) =>
  app.inMain(({ trays }, item) => trays[0]?.menu?.getMenuItemById(item)?.click(), id)

export const answerNext = (app: DesktopApp, button: number) =>
  app.inMain(({ recorded }, next) => void recorded.dialogAnswers.push(next), button)

export const calls = (app: DesktopApp, api: string) =>
  app.inMain(
    ({ recorded }, name) => recorded.calls.filter((call) => call.api === name).map(({ args }) => args[0]),
    api,
  )

export const ask = (address: string, secret: string, prompt: string) =>
  fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo-fast', stream: true, messages: [{ role: 'user', content: prompt }] }),
  })
