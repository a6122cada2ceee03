// The questions that the app asks in windows of the system, before or without the console.
import { dialog } from 'electron'
import type { TakenPort, UpdateState } from '../contract/desktop.ts'
import type { Say } from './words.ts'

export async function askForSecretFile(say: Say, problem: string): Promise<'file' | 'again' | 'quit'> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: say('fileTitle'),
    detail: say('fileDetail', { problem }),
    buttons: [say('fileAgain'), say('fileUse'), say('quit')],
    // Enter tries again, Escape quits: neither puts a key into a file.
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  })
  return (['again', 'file', 'quit'] as const)[response] ?? 'quit'
}

/** Whether the person takes the port that is free. */
export async function askForNextPort(
  say: Say,
  taken: TakenPort & { readonly next: number },
): Promise<boolean> {
  const { port, next } = taken
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: takenLine(say, taken),
    detail: say('portTakenDetail', { port, next }),
    buttons: [say('usePort', { next }), say('keepStopped')],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}

/** Something that a person only has to know; `detail` is what the system said, or what can be done by hand. */
async function tell(
  say: Say,
  type: 'info' | 'warning' | 'error',
  message: string,
  detail?: string,
): Promise<void> {
  await dialog.showMessageBox({
    type,
    message,
    ...(detail === undefined ? {} : { detail }),
    buttons: [say('understood')],
  })
}

/** Without `taken` the system keeps the port for administrators. */
export const tellPortProblem = (say: Say, taken?: TakenPort): Promise<void> =>
  tell(say, 'warning', taken === undefined ? say('portForbidden') : takenLine(say, taken))

const takenLine = (say: Say, { port, holder }: TakenPort): string =>
  holder === null ? say('portTaken', { port }) : say('portTakenBy', { port, ...holder })

export const tellStartProblem = (say: Say, message: string): Promise<void> =>
  tell(say, 'error', say('failedTitle'), message)

/** `message` is what the system said. */
export const tellLoginProblem = (say: Say, message: string): Promise<void> =>
  tell(say, 'warning', say('loginFailed'), message)

/** The address can be typed elsewhere. */
export const tellNoBrowser = (say: Say, url: string): Promise<void> =>
  tell(say, 'warning', say('noBrowserTitle'), url)

/** What came of looking for a newer version, to whoever asked in a menu. */
export async function tellUpdate(say: Say, state: UpdateState, version: string): Promise<void> {
  const message = updateLine(say, state, version)
  // One that is ready is told of in the tray and by a notification.
  if (message === undefined) return
  if (state.kind === 'failed') await tell(say, 'warning', message, state.message)
  else await tell(say, 'info', message)
}

function updateLine(say: Say, state: UpdateState, version: string): string | undefined {
  switch (state.kind) {
    case 'newest':
      return say('updateNewest', { version })
    case 'downloading':
      return say('updateDownloading', { version: state.version })
    case 'failed':
      return say('updateFailed')
    default:
      return undefined
  }
}

/** What becomes of the requests that are running, before the gateway stops. */
export async function askToEndRequests(
  say: Say,
  inFlight: number,
  seconds: number,
): Promise<'drain' | 'cut' | 'stay'> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: say.count('endTitle', inFlight),
    detail: say('endDetail', { seconds }),
    buttons: [say('endDrain'), say('endCut'), say('endStay')],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  })
  return (['drain', 'cut', 'stay'] as const)[response] ?? 'stay'
}

/** Whether those that still run while it stops are to be cut off. `over` takes the question away where the system lets it. */
export async function askToCutOff(
  say: Say,
  inFlight: number,
  seconds: number,
  over: AbortSignal,
): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: say.count('drainTitle', inFlight),
    detail: say('drainDetail', { seconds }),
    buttons: [say('drainWait'), say('endCut')],
    // They were promised their time: neither Enter nor Escape takes it from them.
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    signal: over,
  })
  return response === 1
}

export async function askForFile(suggested: string): Promise<string | undefined> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    defaultPath: suggested,
    filters: [{ name: 'CSV', extensions: ['csv'] }],
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  })
  return canceled || filePath === '' ? undefined : filePath
}
