// Quitting takes its time, for an update as well: nothing that somebody pays for is cut off without a person having said so.
import { app } from 'electron'
import type { Logger } from '../server/ports.ts'
import type { ConsoleWindow } from './console-window.ts'
import type { GatewayActions } from './gateway-actions.ts'
import type { GatewayControl } from './gateway-control.ts'
import { onSessionEnd } from './session-end.ts'
import type { Updates } from './updates/watch-updates.ts'

interface QuitDeps {
  readonly gateway: Pick<GatewayControl, 'state' | 'keepStill'>
  readonly actions: Pick<GatewayActions, 'start' | 'stop' | 'stopAtShutdown'>
  readonly window: Pick<ConsoleWindow, 'letGo'>
  readonly updates: Pick<Updates, 'keepVersion'>
  readonly logger: Pick<Logger, 'error'>
}

export interface OrderlyQuit {
  /**
   * Ends what runs as for quitting; `install` then ends the app. Where it could not, the gateway starts again. Resolves at once
   * where somebody is being asked already.
   */
  toInstall(install: () => boolean): Promise<void>
}

export function quitInOrder({ gateway, actions, window, updates, logger }: QuitDeps): OrderlyQuit {
  let isEnding = false
  let isStopped = false

  app.on('before-quit', (event) => {
    if (isStopped) return
    event.preventDefault()
    if (isEnding) hasten()
    else
      void end(() => {
        app.quit()
        return true
      })
  })
  onSessionEnd(() => void shutDown())
  // The gateway serves others whether or not anybody looks.
  app.on('window-all-closed', () => undefined)

  async function end(last: () => boolean): Promise<void> {
    if (isEnding) return
    isEnding = true
    isStopped = await stop()
    const wasStopped = isStopped
    if (wasStopped) {
      window.letGo(true)
      if (isTaken(last)) return
      window.letGo(false)
      gateway.keepStill(false)
      isStopped = false
    }
    isEnding = false
    if (wasStopped) await actions.start()
  }
  /** An installation that throws has not ended the app, and what was stopped for it has to start again. */
  function isTaken(last: () => boolean): boolean {
    try {
      return last()
    } catch (error) {
      logger.error({ err: error }, 'the update could not be installed')
      return false
    }
  }
  /** Whoever quits once more does not want to wait as long as that. A question that is open still is not asked twice. */
  function hasten(): void {
    if (gateway.state().kind === 'stopping') void stop()
  }
  async function shutDown(): Promise<void> {
    // The system would cut an installation off in the middle.
    updates.keepVersion()
    await actions.stopAtShutdown().catch((error) => logger.error({ err: error }, 'stopping failed'))
    isStopped = true
    window.letGo(true)
    app.quit()
  }
  async function stop(): Promise<boolean> {
    try {
      return await actions.stop(true)
    } catch (error) {
      // It cannot be stopped any better by staying.
      logger.error({ err: error }, 'stopping failed')
      return true
    }
  }
  return { toInstall: end }
}
