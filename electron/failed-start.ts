// The end of an app that could not start: it says why. Without this it would stay, with no window and no icon to quit it by.
import { app, dialog } from 'electron'
import { systemLanguage, wordsIn } from './words.ts'

export function endFailedStart(error: unknown): void {
  const say = wordsIn(app.isReady() ? systemLanguage(app.getPreferredSystemLanguages()) : 'en')
  dialog.showErrorBox(say('noStartTitle'), error instanceof Error ? error.message : String(error))
  app.exit(1)
}
