// Whether a port can be had, and what to say and offer where it cannot.
import { createServer } from 'node:net'
import type { StartProblem, TakenPort } from '../contract/desktop.ts'
import { findPortHolder } from './port-holder.ts'

/** Windows keeps ports for itself in blocks of a hundred, often several in a row. */
const TRIES_MAX = 500

interface Place {
  readonly host: string
  readonly port: number
}

/**
 * Below 1024, where the system keeps ports for administrators. Anywhere else it is Windows that says so, of ports that it has
 * set aside, or that another program has for itself alone.
 */
const isForAdministrators = (code: unknown, port: number, platform: NodeJS.Platform): boolean =>
  code === 'EACCES' && port < 1024 && platform !== 'win32'

export const probePort = ({ host, port }: Place): Promise<'free' | 'taken' | 'forbidden'> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(isForAdministrators(error.code, port, process.platform) ? 'forbidden' : 'taken'),
    )
    server.listen({ host, port }, () => server.close(() => resolve('free')))
  })

export async function describeTaken({ host, port }: Place): Promise<TakenPort> {
  const [holder, next] = await Promise.all([findPortHolder(port), nextFreePort({ host, port })])
  return { port, holder, next }
}

/** The first one above that can be listened on; null where none of the next ones can. */
async function nextFreePort({ host, port }: Place): Promise<number | null> {
  const last = Math.min(port + TRIES_MAX, 65_535)
  for (let candidate = port + 1; candidate <= last; candidate += 1) {
    if ((await probePort({ host, port: candidate })) === 'free') return candidate
  }
  return null
}

/** Why a start failed, from what the server threw. */
export async function startProblemOf(
  error: unknown,
  place: Place,
  platform: NodeJS.Platform = process.platform,
): Promise<StartProblem> {
  const message = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (isForAdministrators(code, place.port, platform)) return { code: 'port_forbidden', message, taken: null }
  if (code === 'EADDRINUSE' || code === 'EACCES')
    return { code: 'port_taken', message, taken: await describeTaken(place) }
  return { code: 'other', message, taken: null }
}
