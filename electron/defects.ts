// The end of an app that is wrong somewhere: what nobody caught is logged, what runs gets a moment, and a person is told where to
// look. Electron's own way would show the person a stack, and go on as if nothing were.
import { app, dialog } from 'electron'
import type { Logger } from '../server/ports.ts'
import type { GatewayActions } from './gateway-actions.ts'
import type { Say } from './words.ts'

/** A gateway that does not stop any more must not keep the app from ending. */
const STOPPED_WITHIN_MS = 5_000

interface DefectDeps {
  readonly actions: Pick<GatewayActions, 'stopAtShutdown'>
  readonly logger: Pick<Logger, 'error'>
  readonly say: () => Say
  readonly logsDir: string
}

export function endOnDefects({ actions, logger, say, logsDir }: DefectDeps): void {
  let isEnding = false
  const end = (error: unknown) => {
    logger.error({ err: error }, 'a defect ended the app')
    if (isEnding) return
    isEnding = true
    const patience = new Promise((resolve) => setTimeout(resolve, STOPPED_WITHIN_MS))
    const stopped = actions
      .stopAtShutdown()
      .catch((failure) => logger.error({ err: failure }, 'stopping failed'))
    // The dialog holds everything up until somebody presses its button: nobody waits for an answer by then.
    void Promise.race([stopped, patience]).then(() => {
      dialog.showErrorBox(say()('defectTitle'), say()('defectBody', { dir: logsDir }))
      app.exit(1)
    })
  }
  process.on('uncaughtException', end)
  // Electron only prints a warning of a promise that failed for nobody, where Node makes an exception of it.
  process.on('unhandledRejection', end)
}
