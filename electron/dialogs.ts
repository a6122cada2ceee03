// The questions that the app asks in windows of the system, before or without the console.
import { dialog } from 'electron'
import type { TakenPort } from '../contract/desktop.ts'
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
  { port, holder, next }: TakenPort & { readonly next: number },
): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: holder === null ? say('portTaken', { port }) : say('portTakenBy', { port, ...holder }),
    detail: say('portTakenDetail', { port, next }),
    buttons: [say('usePort', { next }), say('keepStopped')],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}

export async function tellStartProblem(say: Say, message: string): Promise<void> {
  await dialog.showMessageBox({
    type: 'error',
    message: say('failedTitle'),
    detail: message,
    buttons: [say('understood')],
  })
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

export async function askForFile(suggested: string): Promise<string | undefined> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    defaultPath: suggested,
    filters: [{ name: 'CSV', extensions: ['csv'] }],
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  })
  return canceled || filePath === '' ? undefined : filePath
}
