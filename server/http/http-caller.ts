// Who calls over HTTP: the session's person or nobody, and whether administration is open to a call from there.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseCookie, stringifySetCookie } from 'cookie'
import type { Caller, SessionSlot } from '../operations/caller.ts'
import type { HttpDeps } from './http-deps.ts'
import { addressOf, isEncrypted, isLocal, originOf } from './request-origin.ts'

const SESSION_COOKIE = 'cg_session'
const COOKIE_HEADER_CHARS_MAX = 8192

export async function toCaller(
  req: IncomingMessage,
  res: ServerResponse,
  {
    identify,
    remoteAdministration,
    allowedHosts,
  }: Pick<HttpDeps, 'identify' | 'remoteAdministration' | 'allowedHosts'>,
): Promise<Caller> {
  const token = tokenOf(req)
  const identity = token === undefined ? undefined : await identify(token, addressOf(req))
  const isFromHere = isLocal(req)
  return {
    door: 'http',
    user: identity?.user,
    sessionId: identity?.sessionId,
    address: addressOf(req),
    client: (req.headers['user-agent'] ?? '').slice(0, 200),
    isLocal: isFromHere,
    mayAdminister: isOpenTo(remoteAdministration(), isFromHere),
    session: sessionCookie(res, isEncrypted(req)),
    origin: originOf(req, allowedHosts()),
  }
}

/** Whether administration is open to a call from there. */
export const isOpenTo = (remoteAdministration: 'off' | 'loopback' | 'lan', isFromHere: boolean): boolean =>
  remoteAdministration === 'lan' || (remoteAdministration === 'loopback' && isFromHere)

function tokenOf(req: IncomingMessage): string | undefined {
  const header = req.headers.cookie
  if (header === undefined || header.length > COOKIE_HEADER_CHARS_MAX) return undefined
  return parseCookie(header)[SESSION_COOKIE]
}

/** `Secure` over HTTPS alone: over HTTP such a cookie would never come back. */
function sessionCookie(res: ServerResponse, isSecure: boolean): SessionSlot {
  const set = (value: string, maxAge: number) =>
    res.setHeader(
      'set-cookie',
      stringifySetCookie({
        name: SESSION_COOKIE,
        value,
        maxAge,
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: isSecure,
      }),
    )
  return { set: (token, maxAgeSeconds) => set(token, maxAgeSeconds), clear: () => set('', 0) }
}
