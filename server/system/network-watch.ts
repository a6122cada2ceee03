// Notices that the addresses of this machine have changed, as it moves from network to network or a router gives it another
// one. There is no event for it in Node; a list of interfaces costs next to nothing.
import { addressesOf, type Interfaces } from './interfaces.ts'

const LOOK_EVERY_MS = 5_000

export interface NetworkWatch {
  stop(): void
}

/** `onChange` is told after each change, and never of the addresses as they are at the start. */
export function watchNetwork(onChange: () => void, interfaces: Interfaces): NetworkWatch {
  const look = () => addressesOf(interfaces()).join(' ')
  let seen = look()
  const timer = setInterval(() => {
    const now = look()
    if (now === seen) return
    seen = now
    onChange()
  }, LOOK_EVERY_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
