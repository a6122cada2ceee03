// The desktop window's bridge as a transport. The window's preload script puts it there; a browser has none.
import type { DesktopEvent } from '../../contract/desktop.ts'
import type { PushedEvent } from '../../contract/events.ts'
import type { Envelope } from '../../contract/operation.ts'
import { type Transport, transportFailure } from './transport.ts'

/** `window.codexGateway`, as the preload script exposes it. Everything that crosses it is plain data. */
export interface GatewayBridge {
  call(name: string, input: unknown): Promise<Envelope<unknown>>
  /** Pushed events, each with its `type`; the returned function ends them. */
  subscribe(listener: (event: PushedEvent | DesktopEvent) => void): () => void
}

declare global {
  interface Window {
    readonly codexGateway?: GatewayBridge
  }
}

/** There, whoever sits at the machine is the operator: nobody signs in, and nobody can sign out. */
export const isInDesktopWindow = (): boolean => window.codexGateway !== undefined

export function createIpcTransport(bridge: GatewayBridge): Transport {
  return {
    async call(name, input, signal) {
      try {
        const answer = await bridge.call(name, input ?? {})
        signal?.throwIfAborted()
        return answer
      } catch (error) {
        if (signal?.aborted) throw error
        // The bridge answers with envelopes; it rejects only where the other side has gone.
        return transportFailure('offline', 'The gateway is not running.')
      }
    },
    listen(onEvent) {
      const stop = bridge.subscribe(onEvent)
      // Nothing has to be connected first, so nobody else says that the stream stands.
      queueMicrotask(() => onEvent({ type: 'hello', at: Date.now(), version: '' }))
      return stop
    },
  }
}
