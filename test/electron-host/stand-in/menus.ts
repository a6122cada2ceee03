// Menus and the tray's icon, as the app described them; a click is what a person would have done.
import { EventEmitter } from 'node:events'
import { app } from './app.ts'

type Template = Electron.MenuItemConstructorOptions

export class MenuItem {
  readonly id: string
  readonly label: string
  readonly type: string
  readonly role: string | undefined
  readonly accelerator: string | undefined
  readonly submenu: Menu | undefined
  enabled: boolean
  visible: boolean
  checked: boolean
  readonly #onClick: Template['click']

  constructor({ id = '', label = '', type = 'normal', enabled = true, visible = true, ...more }: Template) {
    this.id = id
    this.label = label
    this.enabled = enabled
    this.visible = visible
    this.checked = more.checked ?? false
    this.role = more.role
    this.accelerator = more.accelerator ?? undefined
    this.submenu = Array.isArray(more.submenu) ? Menu.buildFromTemplate(more.submenu) : undefined
    this.type = this.submenu === undefined ? type : 'submenu'
    this.#onClick = more.click
  }

  click(): void {
    if (!this.enabled || !this.visible)
      throw new Error(`electron-host: the menu item "${this.label}" cannot be clicked`)
    if (this.type === 'checkbox') this.checked = !this.checked
    if (this.role === 'quit') app.quit()
    // The parts of the item that the app's listeners look at are here.
    else this.#onClick?.(this as unknown as Electron.MenuItem, undefined, {} as Electron.KeyboardEvent)
  }
}

export class Menu {
  static #ofApp: Menu | null = null
  readonly items: readonly MenuItem[]

  constructor(items: readonly MenuItem[] = []) {
    this.items = items
  }
  static buildFromTemplate(template: readonly Template[]): Menu {
    return new Menu(template.map((item) => new MenuItem(item)))
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#ofApp = menu
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#ofApp
  }
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found) return found
    }
    return null
  }
}

export class Tray extends EventEmitter {
  setContextMenu(_menu: Menu | null): void {
    // There is no tray to open it from.
  }
  setToolTip(_text: string): void {
    // Nor one to point at.
  }
  setImage(_image: unknown): void {
    // Nor one to see.
  }
}
