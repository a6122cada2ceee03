// Tells the request path at once when a person or a key lost access, so that running answers are cut.

export type AccessChange =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'key'; readonly keyId: string }

export interface AccessChanges {
  publish(change: AccessChange): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (change: AccessChange) => void): () => void
}

export function createAccessChanges(): AccessChanges {
  const listeners = new Set<(change: AccessChange) => void>()
  return {
    publish(change) {
      for (const listener of listeners) listener(change)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
