// What the keyboard does on every page of the console, and nowhere while somebody types.

/** The letter after G, by the place's name in `places.ts`. */
export const PLACE_LETTERS = {
  place_dashboard: 'd',
  place_connect: 'c',
  place_users: 'u',
  place_keys: 'k',
  place_usage: 'r',
  place_models: 'm',
  place_plans: 'p',
  place_audit: 'a',
  place_system: 'y',
  place_settings: 's',
} as const
export type PlaceWord = keyof typeof PLACE_LETTERS

export type Shortcut =
  | { readonly kind: 'palette' }
  | { readonly kind: 'help' }
  | { readonly kind: 'go'; readonly place: PlaceWord }
  | { readonly kind: 'row'; readonly step: 1 | -1 }

export interface Pressed {
  readonly key: string
  readonly atMs: number
  /** Ctrl or ⌘. */
  readonly isCommand: boolean
  readonly isAlt: boolean
  /** In a field, or in front of a dialog: letters are for them. */
  readonly isTaken: boolean
}

/** Within it, a letter belongs to the G before it. */
const SEQUENCE_MS = 1_200

/** Remembers the G; tells what a key means, if anything. */
export function createShortcuts(): (pressed: Pressed) => Shortcut | undefined {
  let goAtMs: number | undefined
  return ({ key, atMs, isCommand, isAlt, isTaken }) => {
    const wasGo = goAtMs !== undefined && atMs - goAtMs <= SEQUENCE_MS
    goAtMs = undefined
    if (isCommand) return !isAlt && key.toLowerCase() === 'k' ? { kind: 'palette' } : undefined
    if (isTaken || isAlt) return undefined
    if (wasGo) {
      const found = Object.entries(PLACE_LETTERS).find(([, letter]) => letter === key.toLowerCase())
      // The names are those of the table just above.
      return found === undefined ? undefined : { kind: 'go', place: found[0] as PlaceWord }
    }
    if (key === 'g') goAtMs = atMs
    if (key === '/') return { kind: 'palette' }
    if (key === 'j' || key === 'k') return { kind: 'row', step: key === 'j' ? 1 : -1 }
    return key === '?' ? { kind: 'help' } : undefined
  }
}

/** Whether what is typed there belongs to something else. */
export function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return true
  return isInField(target)
}

export const isInField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.closest('input:not([type=checkbox], [type=radio]), textarea, select') !== null)

/** What stands in a field once a key was pressed that was meant for it; undefined for a key that types nothing. */
export function textAfterKey(text: string, key: string): string | undefined {
  if (key === 'Backspace') return text.slice(0, -1)
  return [...key].length === 1 ? text + key : undefined
}

/** ⌘ on a Mac, Ctrl elsewhere. */
export const commandKey = (): string => (/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl')
