// What the desktop app's window may ask of the app around it, beside the operations of the gateway. Only that window can.
import { z } from 'zod'

export const language = z.enum(['en', 'zh-CN'])
export const theme = z.enum(['system', 'light', 'dark'])

/** Calls from the window into the app; names that begin with `desktop.` are no operations of the gateway. */
export const desktopCalls = {
  /** How the page looks now, so that menus and the window's frame can be of the same kind. */
  'desktop.noteAppearance': z.strictObject({ language, theme }),
} as const

export type DesktopCall = keyof typeof desktopCalls
export type DesktopInput<Name extends DesktopCall> = z.output<(typeof desktopCalls)[Name]>
