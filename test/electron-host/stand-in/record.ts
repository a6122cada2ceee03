// What the app did to the system, for tests to look at; and what the system would answer, for tests to say beforehand.

/** A call of the app into Electron that a person or the system would have noticed. */
interface Call {
  readonly api: string
  readonly args: readonly unknown[]
}

export const recorded = {
  calls: [] as Call[],
  /** Requests that left the app's own pages and were kept from the network. */
  blocked: [] as string[],
  /** The buttons that the next dialogs are answered with, in order. A dialog without an answer stays open. */
  dialogAnswers: (process.env['ELECTRON_HOST_DIALOG_ANSWERS'] ?? '')
    .split(',')
    .filter((button) => button !== '')
    .map(Number),
  /** The files that the next questions for one are answered with; without one, it is cancelled. */
  saveAnswers: [] as string[],
}

export const record = (api: string, ...args: readonly unknown[]): void =>
  void recorded.calls.push({ api, args })

/** An event as Electron hands it to listeners that may prevent what it announces. */
export const preventable = <Extra extends object>(extra: Extra) => ({
  ...extra,
  defaultPrevented: false,
  preventDefault(): void {
    this.defaultPrevented = true
  },
})

export function unmodelled(what: string): never {
  throw new Error(`electron-host: ${what} is not modelled`)
}
