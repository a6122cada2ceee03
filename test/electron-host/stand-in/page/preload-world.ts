// The world of the preload script: `require('electron')` as a sandboxed preload has it. Put into the page as text: nothing
// here may use what stands outside.
import type { Carrier } from '../carried.ts'
import type { BridgeEnd } from './bridge-end.ts'

type Listener = (event: object, ...args: unknown[]) => void
type Settle = (isOk: boolean, value: unknown) => void

/** What the world and the app call each other by. */
interface World {
  electronHostBinding(message: string): void
  electronHostReply(id: number, isOk: boolean, payload: string): void
  electronHostEmit(channel: string, payload: string): void
}

/** `run` is the preload's own source, wrapped as CommonJS. */
export function preloadWorld(
  bridge: BridgeEnd,
  carrier: Carrier,
  run: (require: (name: string) => unknown) => void,
): void {
  const world = globalThis as unknown as World
  const tellApp = world.electronHostBinding
  const waiting = new Map<number, Settle>()
  const listeners = new Map<string, Set<Listener>>()
  let count = 0

  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const payload = carrier.pack(args)
        count += 1
        waiting.set(count, (isOk, value) =>
          isOk ? resolve(value) : reject(new Error(`Error invoking remote method '${channel}': ${value}`)),
        )
        tellApp(JSON.stringify({ kind: 'invoke', id: count, channel, payload }))
      }),
    on(channel: string, listener: Listener) {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
      return ipcRenderer
    },
    off(channel: string, listener: Listener) {
      listeners.get(channel)?.delete(listener)
      return ipcRenderer
    },
  }
  world.electronHostReply = (id, isOk, payload) => {
    const settle = waiting.get(id)
    waiting.delete(id)
    settle?.(isOk, carrier.unpack(payload))
  }
  world.electronHostEmit = (channel, payload) => {
    const args = carrier.unpack(payload) as unknown[]
    for (const listener of [...(listeners.get(channel) ?? [])]) listener({ sender: ipcRenderer }, ...args)
  }
  const contextBridge = { exposeInMainWorld: (key: string, api: unknown) => bridge.expose(key, api) }

  run((name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer }
    throw new Error(`module not found: ${name}`)
  })
}
