// Quitting takes its time: nothing that somebody pays for is cut off without a person having said so.
import { app } from 'electron'
import type { Logger } from '../server/ports.ts'
import type { ConsoleWindow } from './console-window.ts'
import type { GatewayActions } from './gateway-actions.ts'

interface QuitDeps {
  readonly actions: Pick<GatewayActions, 'stop'>
  readonly window: Pick<ConsoleWindow, 'letGo'>
  readonly logger: Pick<Logger, 'error'>
}

export function quitInOrder({ actions, window, logger }: QuitDeps): void {
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
    try {
      isStopped = await actions.stop()
    } catch (error) {
      // It cannot be stopped any better by staying.
      logger.error({ err: error }, 'stopping failed')
      isStopped = true
    }
    if (!isStopped) return
    window.letGo()
    app.quit()
  }
}
