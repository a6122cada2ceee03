// A map with a bound: it forgets what was not asked for the longest.

export interface Recent<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  deleteWhere(isGone: (value: Value) => boolean): void
}

export function createRecent<Value>(sizeMax: number): Recent<Value> {
  // A Map keeps the order of insertion, so the first entry is the one that was used the longest ago.
  const entries = new Map<string, Value>()
  /** The key that was used last: it stands at the end already. */
  let last: string | undefined
  return {
    get(key) {
      const value = entries.get(key)
      if (value === undefined || key === last) return value
      last = key
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set(key, value) {
      last = key
      entries.delete(key)
      entries.set(key, value)
      if (entries.size <= sizeMax) return
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    },
    deleteWhere(isGone) {
      for (const [key, value] of entries) if (isGone(value)) entries.delete(key)
    },
  }
}
