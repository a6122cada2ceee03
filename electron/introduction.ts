// What the app tells the system, and whoever asks in its menu, about itself.
import { join } from 'node:path'
import { app } from 'electron'
import { APP_ID } from './app-id.ts'

export function introduceApp(): void {
  // Notifications of an app that has another name than its shortcut are shown to nobody.
  if (process.platform === 'win32') app.setAppUserModelId(APP_ID)
  // Linux shows what is set here and nothing else.
  app.setAboutPanelOptions({
    applicationName: 'Codex Gateway',
    applicationVersion: app.getVersion(),
    copyright: 'MIT licence',
    iconPath: join(app.getAppPath(), 'build', 'icons', '64x64.png'),
  })
}
