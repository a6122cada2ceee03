// Quitting takes its time: nothing that somebody pays for is cut off without a person having said so.
import { app } from 'electron'
import type { ConsoleWindow } from './console-window.ts'
import { askBeforeQuit } from './dialogs.ts'
import type { GatewayControl } from './gateway-control.ts'
import type { Say } from './words.ts'

/** How long running answers may go on. */
export const DRAIN_SECONDS = 60

interface QuitDeps {
  readonly gateway: GatewayControl
  readonly window: Pick<ConsoleWindow, 'letGo'>
  readonly say: () => Say
}

export function quitInOrder({ gateway, window, say }: QuitDeps): void {
  let isAsking = false
  let isStopped = false
  app.on('before-quit', (event) => {
    if (isStopped) return
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    void end().finally(() => {
      isAsking = false
    })
  })
  // The gateway serves others whether or not anybody looks.
  app.on('window-all-closed', () => undefined)

  async function end(): Promise<void> {
    const inFlight = gateway.server()?.inFlight() ?? 0
    const choice = inFlight === 0 ? 'drain' : await askBeforeQuit(say(), inFlight, DRAIN_SECONDS)
    if (choice === 'stay') return
    await gateway.stop(choice === 'cut' ? 0 : DRAIN_SECONDS * 1000)
    isStopped = true
    window.letGo()
    app.quit()
  }
}
