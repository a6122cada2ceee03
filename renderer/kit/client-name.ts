// What a browser calls itself, as people call it. Order matters: nearly every browser also names the ones before it
// (https://developer.mozilla.org/docs/Web/HTTP/Browser_detection_using_the_user_agent).

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bMicroMessenger\//, 'WeChat'],
  [/\bElectron\//, 'Codex Gateway'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

const NAME_CHARS_MAX = 60

/** `Firefox · Windows`; the beginning of what it said where that is no browser; undefined where it said nothing. */
export function clientName(userAgent: string): string | undefined {
  const find = (table: typeof BROWSERS) => table.find(([pattern]) => pattern.test(userAgent))?.[1]
  const browser = find(BROWSERS)
  if (browser === undefined) return userAgent.trim().slice(0, NAME_CHARS_MAX) || undefined
  const system = find(SYSTEMS)
  return system === undefined ? browser : `${browser} · ${system}`
}

/** The same where there is little room: of a program, its name and version, without what it says of its machine. */
export function shortClientName(userAgent: string): string | undefined {
  const name = clientName(userAgent)
  return name?.includes(' · ') ? name : name?.match(/^\S+(?: v?\d[\w.]*)?/)?.[0]
}
