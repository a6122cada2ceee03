// Values between the app and the page, as one text. Electron clones them; what it could carry and JSON cannot is an error here,
// so that nothing is silently changed on its way. Also put into the page, as text: nothing here may use what stands outside.

export interface Carrier {
  pack(value: unknown): string
  unpack(text: string): unknown
}

export function makeCarrier(): Carrier {
  const refuseOthers = (value: unknown): void => {
    if (value === null || typeof value !== 'object') {
      if (typeof value === 'bigint') throw new Error('electron-host: a bigint is not modelled')
      return
    }
    const prototype = Object.getPrototypeOf(value)
    const isPlain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
    if (!isPlain) throw new Error(`electron-host: ${value.constructor.name} is not modelled`)
    for (const member of Object.values(value)) refuseOthers(member)
  }
  return {
    pack(value) {
      try {
        // Functions, symbols and nodes of the page fail where Electron's own cloning does.
        structuredClone(value)
      } catch {
        throw new Error('An object could not be cloned.')
      }
      refuseOthers(value)
      return value === undefined ? '' : JSON.stringify(value)
    },
    unpack: (text) => (text === '' ? undefined : JSON.parse(text)),
  }
}
