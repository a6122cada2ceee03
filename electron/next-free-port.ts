// Which port to offer where the wanted one is taken.
import { createServer } from 'node:net'

const TRIES_MAX = 50

/** The first port above `port` that can be listened on at `host`; undefined where none of the next ones can. */
export async function nextFreePort(host: string, port: number): Promise<number | undefined> {
  const last = Math.min(port + TRIES_MAX, 65_535)
  for (let candidate = port + 1; candidate <= last; candidate += 1) {
    if (await isFree(host, candidate)) return candidate
  }
  return undefined
}

const isFree = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host, port }, () => server.close(() => resolve(true)))
  })
