// How the HTTP server gets its port and gives it back.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StartConfig } from './config.ts'
import type { Gateway } from './gateway/gateway.ts'
import type { Doors } from './http/http-server.ts'
import { StartError } from './start-error.ts'

/** The port it listens on. Rejects with a StartError where the address cannot be had. */
export function listen(server: Server, config: StartConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: Error & { code?: string }) => reject(listenError(cause, config)))
    server.listen({ host: config.host, port: config.port }, () => {
      server.removeAllListeners('error')
      // Listening on a port, never on a pipe, so the address is an AddressInfo.
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function listenError(cause: Error & { code?: string }, { host, port }: StartConfig): Error {
  const choose = 'Choose another one with --port (0 picks a free one), or stop what is using it.'
  if (cause.code === 'EADDRINUSE')
    return new StartError(1, `Port ${port} on ${host} is in use. ${choose}`, { cause })
  if (cause.code === 'EACCES') {
    return new StartError(1, `Port ${port} needs rights that this process does not have. ${choose}`, {
      cause,
    })
  }
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
    return new StartError(
      1,
      `${host} is not an address of this machine. Choose one with --host, or leave it out.`,
      { cause },
    )
  }
  return cause
}

/** Takes no new connections, lets running requests end within `drainMs`, and closes what is left. */
export async function stopListening(
  { server, endIdle, endAll }: Doors,
  gateway: Pick<Gateway, 'drain'>,
  drainMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  endIdle()
  await gateway.drain(drainMs)
  // What is still open now are kept-alive connections and clients that read too slowly; all that is owed is settled.
  endIdle()
  const forced = setTimeout(endAll, Math.min(drainMs, 1000))
  await closed
  clearTimeout(forced)
}
