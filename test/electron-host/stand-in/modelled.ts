// What a part of the stand-in says where it is not like Electron, and how its events are like Electron's.

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
