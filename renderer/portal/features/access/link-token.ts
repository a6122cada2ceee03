// The secret of a link, taken out of the address as soon as it is read: what stands in the address bar ends up in histories,
// pictures and shared links.
import { useEffect, useState } from 'react'

/** Of `#token=…`; undefined where there is none. */
export function tokenIn(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('token')?.trim()
  return token === '' ? undefined : (token ?? undefined)
}

/** Undefined on a page that was opened without a link, or loaded again after its link was read. */
export function useLinkToken(): string | undefined {
  const [token, setToken] = useState(() => tokenIn(window.location.hash))
  useEffect(() => {
    const take = () => {
      const found = tokenIn(window.location.hash)
      if (found === undefined) return
      setToken(found)
      window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
    }
    take()
    // Another link to the same page changes the fragment alone, and loads nothing.
    window.addEventListener('hashchange', take)
    return () => window.removeEventListener('hashchange', take)
  }, [])
  return token
}
