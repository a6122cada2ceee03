// The bridge: all that the page has of the app. Two functions, plain data, and no way to name a channel.
import { contextBridge, ipcRenderer } from 'electron'
import type { Envelope } from '../../contract/operation.ts'
import { CHANNEL, EVENTS_CHANNEL } from './channel.ts'

type PushedEvent = { readonly type: string }

const call = (name: string, input: unknown): Promise<Envelope<unknown>> =>
  ipcRenderer.invoke(CHANNEL, String(name), input)

contextBridge.exposeInMainWorld('codexGateway', {
  call,
  subscribe(listener: (event: PushedEvent) => void): () => void {
    const onEvents = (_event: unknown, events: readonly PushedEvent[]) => {
      for (const event of events) listener(event)
    }
    ipcRenderer.on(EVENTS_CHANNEL, onEvents)
    return () => void ipcRenderer.off(EVENTS_CHANNEL, onEvents)
  },
})

/** The page keeps language and theme as attributes of its root; the app's menus and frame follow them. */
function noteAppearance(): void {
  const { lang, dataset } = document.documentElement
  const language = lang === 'zh-CN' ? 'zh-CN' : 'en'
  const theme = dataset['theme'] === 'light' || dataset['theme'] === 'dark' ? dataset['theme'] : 'system'
  // An app that is quitting answers no more, and needs no telling.
  call('desktop.noteAppearance', { language, theme }).catch(() => undefined)
}

document.addEventListener('DOMContentLoaded', () => {
  noteAppearance()
  new MutationObserver(noteAppearance).observe(document.documentElement, {
    attributeFilter: ['lang', 'data-theme'],
  })
})
