// What the window may hand to the system's browser. Everything else that a page asks to open is dropped.

/** Pages that the console links to. Hosts are compared whole: a name that merely ends like one of these is another host. */
const HOSTS: ReadonlySet<string> = new Set([
  'platform.openai.com',
  'status.openai.com',
  'developers.openai.com',
  'github.com',
])

/** The URL to open, or undefined where it is not allowed. `gateway` is the address of our own web pages while they are there. */
export function allowedExternalUrl(url: string, gateway: string | undefined): string | undefined {
  if (!URL.canParse(url)) return undefined
  const parsed = new URL(url)
  // A name before the host is how a link pretends to lead elsewhere.
  if (parsed.username !== '' || parsed.password !== '') return undefined
  if (gateway !== undefined && parsed.origin === new URL(gateway).origin) return parsed.href
  const isPublic = parsed.protocol === 'https:' && parsed.port === '' && HOSTS.has(parsed.hostname)
  return isPublic ? parsed.href : undefined
}
