// The icon that stays when the window is closed. Drawn anew when what it shows has changed.
import { join } from 'node:path'
import { Menu, nativeImage, Tray } from 'electron'
import {
  stateLine,
  type TrayActions,
  type TrayFacts,
  type TrayIcon,
  trayIcon,
  trayMenu,
} from './tray-menu.ts'
import type { Say } from './words.ts'

interface TrayParts {
  /** With `running.png`, `stopped.png` and `attention.png`, and black and clear ones for macOS in `menu-bar`. */
  readonly iconsDir: string
  readonly facts: () => TrayFacts
  readonly say: () => Say
  readonly actions: TrayActions
}

export interface TrayDrawing {
  /** Draws what has changed. */
  draw(): void
  /** Draws the menu in any case: a box that was ticked and stays as it was looks ticked until then. */
  drawAnew(): void
}

export function showTray({ iconsDir, facts, say, actions }: TrayParts): TrayDrawing {
  const images = new Map<TrayIcon, Electron.NativeImage>()
  const imageOf = (icon: TrayIcon): Electron.NativeImage => {
    const known = images.get(icon)
    if (known !== undefined) return known
    const isMac = process.platform === 'darwin'
    const image = nativeImage.createFromPath(join(iconsDir, isMac ? 'menu-bar' : '', `${icon}.png`))
    // macOS tints it for its menu bar.
    if (isMac) image.setTemplateImage(true)
    images.set(icon, image)
    return image
  }
  const tray = new Tray(imageOf('stopped'))
  // On Windows the menu has a button of its own. On macOS the press that opens the menu is told of as well, and would open both.
  if (process.platform !== 'darwin') tray.on('click', () => actions.openConsole())

  let drawnIcon: TrayIcon | undefined
  let drawnMenu = ''
  const draw = (): void => {
    const now = facts()
    const icon = trayIcon(now)
    if (icon !== drawnIcon) tray.setImage(imageOf(icon))
    drawnIcon = icon
    const template = trayMenu(now, say(), actions)
    // A menu that is replaced closes under the hand of whoever has it open.
    const text = JSON.stringify(template)
    if (text === drawnMenu) return
    drawnMenu = text
    tray.setToolTip(`Codex Gateway · ${stateLine(now, say())}`)
    tray.setContextMenu(Menu.buildFromTemplate(template))
  }
  draw()
  return {
    draw,
    drawAnew() {
      drawnMenu = ''
      draw()
    },
  }
}
