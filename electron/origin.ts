// The address of the console inside the app. Nothing on the network has this origin, so nothing on the network is this page.

export const SCHEME = 'app'
export const CONSOLE_ORIGIN = 'app://console'

/** `app:` is no scheme that URL knows an origin for, so it is put together. */
export function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

export const isConsoleUrl = (url: string): boolean => originOf(url) === CONSOLE_ORIGIN
