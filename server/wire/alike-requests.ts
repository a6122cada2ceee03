// What is found out of a request's head once for all that have one like it.
import type { ClientRequest } from './client-exchange.ts'

type Head = Pick<ClientRequest, 'headers' | 'alike'>

/**
 * `find` may look at every header but `content-length`, and at nothing else. It is asked each time where no other head is known
 * to be like this one.
 */
export function ofAlikeRequests<Found extends object>(
  find: (headers: ClientRequest['headers']) => Found,
): (head: Head) => Found {
  const known = new WeakMap<object, Found>()
  return ({ headers, alike }) => {
    if (!alike) return find(headers)
    const before = known.get(alike)
    if (before) return before
    const found = find(headers)
    known.set(alike, found)
    return found
  }
}
