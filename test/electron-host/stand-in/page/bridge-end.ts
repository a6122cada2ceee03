// One end of the bridge between the preload's world and the page's. Put into both as text: nothing here may use what stands
// outside. The worlds share the document, so calls cross as events whose detail Chromium clones; functions and promises
// become numbers.

// What crosses is anything.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Loose = any

export interface BridgeEnd {
  expose(key: string, api: unknown): void
}

export function bridgeEnd(out: string, into: string): BridgeEnd {
  const MARK = '__electronHost'
  const functions = new Map<number, (...args: unknown[]) => unknown>()
  const promised = new Map<number, PromiseWithResolvers<unknown>>()
  const exposed = new Set<string>()
  // Taken now: the page may put something else in their place later.
  const dispatch = window.dispatchEvent.bind(window)
  const Crossing = CustomEvent
  let count = 0
  let returned: Loose
  const post = (detail: unknown) => dispatch(new Crossing(out, { detail }))

  function pack(value: Loose): Loose {
    if (typeof value === 'function') {
      count += 1
      functions.set(count, value)
      return { [MARK]: 'function', id: count }
    }
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.')
    if (value === null || typeof value !== 'object') return value
    if (value instanceof Promise) {
      count += 1
      const id = count
      value.then(
        (result) => post({ kind: 'settled', id, isOk: true, value: pack(result) }),
        (error) => post({ kind: 'settled', id, isOk: false, value: pack(error) }),
      )
      return { [MARK]: 'promise', id }
    }
    // As Electron's bridge does: of an error, only the message arrives.
    if (value instanceof Error) return { [MARK]: 'error', message: value.message }
    return Array.isArray(value)
      ? value.map(pack)
      : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, pack(member)]))
  }

  function unpack(value: Loose): Loose {
    if (value === null || typeof value !== 'object') return value
    if (value[MARK] === 'error') return new Error(value.message)
    if (value[MARK] === 'promise') {
      const waiting = Promise.withResolvers<unknown>()
      promised.set(value.id, waiting)
      return waiting.promise
    }
    if (value[MARK] === 'function') {
      return (...args: unknown[]) => {
        post({ kind: 'call', id: value.id, args: pack(args) })
        const { isOk, value: result } = returned
        if (isOk) return unpack(result)
        throw unpack(result)
      }
    }
    return Array.isArray(value)
      ? value.map(unpack)
      : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unpack(member)]))
  }

  function settle({ id, isOk, value }: Loose): void {
    const waiting = promised.get(id)
    promised.delete(id)
    if (isOk) waiting?.resolve(unpack(value))
    else waiting?.reject(unpack(value))
  }

  function answer({ id, args }: Loose): void {
    try {
      post({ kind: 'returned', isOk: true, value: pack(functions.get(id)?.(...unpack(args))) })
    } catch (error) {
      const thrown = error instanceof Error ? error : new Error(String(error))
      post({ kind: 'returned', isOk: false, value: pack(thrown) })
    }
  }

  window.addEventListener(into, (event) => {
    event.stopImmediatePropagation()
    const { detail } = event as CustomEvent
    if (detail.kind === 'returned') returned = detail
    if (detail.kind === 'settled') settle(detail)
    if (detail.kind === 'call') answer(detail)
    if (detail.kind === 'exposed') {
      const value = Object.freeze(unpack(detail.api))
      Object.defineProperty(window, detail.key, { value, enumerable: true })
    }
  })
  return {
    expose(key, api) {
      if (exposed.has(key))
        throw new Error('Cannot bind an API on top of an existing property on the window object')
      exposed.add(key)
      post({ kind: 'exposed', key, api: pack(api) })
    },
  }
}
