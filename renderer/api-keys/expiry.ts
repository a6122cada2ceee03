// When a key ends: in some days, on the day that it has, or never.
const DAY_MS = 24 * 60 * 60_000

export const EXPIRIES = ['never', '7', '30', '90', '365'] as const
export type Expiry = (typeof EXPIRIES)[number]

export const expiryAt = (expiry: Expiry, nowMs: number): number | null =>
  expiry === 'never' ? null : nowMs + Number(expiry) * DAY_MS
