// Decides what a person should be told of without having looked. Pure: what was told before is remembered elsewhere.
import type { QuotaState } from './decide-plan-quota.ts'

const THRESHOLDS = [100, 95, 80] as const
export type QuotaThreshold = (typeof THRESHOLDS)[number]

/** The highest threshold that what is used of a quota has reached. What is only held may come back. */
export const reachedThreshold = ({ used, value }: QuotaState): QuotaThreshold | undefined =>
  // In BigInt: a hundred times a large quota is beyond the safe integers.
  THRESHOLDS.find((percent) => BigInt(used) * 100n >= BigInt(value) * BigInt(percent))

/** Whether a change took what is left below the threshold. What had been below it before was told of then. */
export const fellBelow = (leftNanoUsd: number, changedByNanoUsd: number, thresholdNanoUsd: number): boolean =>
  leftNanoUsd < thresholdNanoUsd && leftNanoUsd - changedByNanoUsd >= thresholdNanoUsd

/**
 * The network that an address is told apart by: an IPv4 address as it is, of an IPv6 one the first 64 bits, because systems
 * change the others every day (RFC 8981). Anything else is itself.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const behind = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - behind.length)
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...behind]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
