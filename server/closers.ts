// What has to end again, in the reverse order of its beginning. One part that cannot end keeps no other from writing what
// it owes.

export type Close = () => Promise<void> | void

export interface Closers {
  push(close: Close): void
  /** Ends everything once; a second call finds nothing left. Rejects with an AggregateError where something failed. */
  closeAll(): Promise<void>
}

export function createClosers(): Closers {
  const closers: Close[] = []
  return {
    push: (close) => void closers.push(close),
    async closeAll() {
      const failures: unknown[] = []
      for (const close of closers.splice(0).reverse()) {
        try {
          await close()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'Parts of the server could not be stopped')
    },
  }
}
