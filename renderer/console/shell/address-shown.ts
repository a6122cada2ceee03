// The address that people are given: one that reaches this machine from elsewhere, where there is one.

const LOOPBACK = /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/

/** `origin` is where this page came from, which works at least for its reader; the desktop window's own scheme is none. */
export function addressShown(origin: string, addresses: readonly string[]): string | undefined {
  const ofPage = /^https?:/.test(origin) ? origin : undefined
  if (ofPage !== undefined && !LOOPBACK.test(ofPage)) return ofPage
  return addresses.find((address) => !LOOPBACK.test(address)) ?? ofPage ?? addresses[0]
}
