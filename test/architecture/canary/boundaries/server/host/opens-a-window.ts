// breaks: only-electron-knows-electron, server-needs-no-development-package
import { BrowserWindow } from 'electron'

export const window = BrowserWindow
