// An answer from our own tables: JSON that is not sent again to whoever has it.
import { createHash } from 'node:crypto'
import type { Received } from './request.ts'
import { endUnlessSent } from './unread-body.ts'

export function answerLocally(
  { req, res, requestId }: Pick<Received, 'req' | 'res' | 'requestId'>,
  value: object,
): void {
  const body = Buffer.from(JSON.stringify(value))
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  const isKnown = req.headers['if-none-match'] === etag
  res.writeHead(isKnown ? 304 : 200, {
    'content-type': 'application/json; charset=utf-8',
    ...(isKnown ? {} : { 'content-length': body.length }),
    etag,
    'x-request-id': requestId,
  })
  res.end(isKnown || req.method === 'HEAD' ? undefined : body)
  endUnlessSent(req)
}
