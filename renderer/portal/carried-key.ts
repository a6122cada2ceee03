// A key that was shown just now, on its way to the page that fills it into set-ups. In memory alone: an address, or the history
// of the browser, would keep it.

let carried = ''

export function carryKey(secret: string): void {
  carried = secret
}

/** Empty where none was carried. */
export const carriedKey = (): string => carried

export function forgetCarriedKey(): void {
  carried = ''
}
