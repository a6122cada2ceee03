// The menu bar, with the usual shortcuts in the usual places and the words of the window's language.
import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { GatewayState, UpdateState } from '../contract/desktop.ts'
import { type TrayActions, updateItem } from './tray-menu.ts'
import type { Say } from './words.ts'

type AppMenuActions = Pick<
  TrayActions,
  'openConsole' | 'openPortal' | 'copyAddress' | 'restart' | 'checkForUpdate' | 'installUpdate'
>

let drawn = ''

/** Draws what has changed: a menu that is replaced closes under the hand of whoever has it open. */
export function showAppMenu(
  say: Say,
  gateway: GatewayState,
  update: UpdateState,
  actions: AppMenuActions,
): void {
  const items = { update: updateItem(update, say, actions), isRunning: gateway.kind === 'running' }
  const template = appMenu(say, items, actions, process.platform === 'darwin')
  const text = JSON.stringify(template)
  if (text === drawn) return
  drawn = text
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function appMenu(
  say: Say,
  { update, isRunning }: { readonly update: MenuItemConstructorOptions; readonly isRunning: boolean },
  actions: AppMenuActions,
  isMac: boolean,
): MenuItemConstructorOptions[] {
  const about = { role: 'about', label: say('about') } as const
  const quit = { role: 'quit', label: say('quitApp') } as const
  const separator = { type: 'separator' } as const
  return [
    ...(isMac
      ? [
          {
            label: 'Codex Gateway',
            submenu: [
              about,
              update,
              separator,
              { role: 'hide', label: say('hide') } as const,
              separator,
              quit,
            ],
          },
        ]
      : []),
    {
      label: say('gateway'),
      submenu: [
        {
          id: 'menuConsole',
          label: say('openConsole'),
          accelerator: 'CmdOrCtrl+1',
          click: actions.openConsole,
        },
        {
          id: 'menuPortal',
          label: say('openPortal'),
          accelerator: 'CmdOrCtrl+2',
          enabled: isRunning,
          click: actions.openPortal,
        },
        {
          id: 'menuCopy',
          label: say('copyAddress'),
          accelerator: 'CmdOrCtrl+Shift+C',
          enabled: isRunning,
          click: actions.copyAddress,
        },
        separator,
        { id: 'menuRestart', label: say('restart'), enabled: isRunning, click: actions.restart },
        ...(isMac ? [] : [separator, update, about, quit]),
      ],
    },
    {
      label: say('edit'),
      submenu: [
        { role: 'undo', label: say('undo') },
        { role: 'redo', label: say('redo') },
        separator,
        { role: 'cut', label: say('cut') },
        { role: 'copy', label: say('copy') },
        { role: 'paste', label: say('paste') },
        { role: 'selectAll', label: say('selectAll') },
      ],
    },
    {
      label: say('view'),
      submenu: [
        { role: 'reload', label: say('reload') },
        separator,
        { role: 'resetZoom', label: say('resetZoom') },
        { role: 'zoomIn', label: say('zoomIn') },
        { role: 'zoomOut', label: say('zoomOut') },
        separator,
        { role: 'togglefullscreen', label: say('fullScreen') },
      ],
    },
    {
      label: say('window'),
      submenu: [
        { role: 'minimize', label: say('minimize') },
        { role: 'close', label: say('closeWindow') },
      ],
    },
  ]
}
