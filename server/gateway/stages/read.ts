// Reads a request's body into memory, whole and bounded. Nothing of it is understood here.
import type { IncomingMessage } from 'node:http'
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Admitted, Read } from '../request.ts'

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i

/** How much of a body is let pass by unread, in bodies of the largest size, before its connection is ended. */
const BODIES_PASSED_BY_MAX = 4

/** The client left before its body was whole: there is nobody to answer. */
export type ReadProblem = Refusal | 'client_left'

export async function read(admitted: Admitted): Promise<Result<Read, ReadProblem>> {
  const { req, res, endpoint } = admitted
  const refused = refuseByHeaders(req, endpoint.maxBodyBytes)
  if (refused) return fail(refused)
  // A client that asked first (`Expect: 100-continue`) is told to go on only now, when its body is wanted.
  if (req.headers.expect !== undefined) res.writeContinue()
  const body = await readBody(req, endpoint.maxBodyBytes)
  return body.ok ? ok({ ...admitted, body: body.value }) : body
}

const tooLarge = (maxBytes: number) => refusal('request_too_large', { maxBytes })

function refuseByHeaders(req: IncomingMessage, maxBytes: number): Refusal | undefined {
  const type = req.headers['content-type']
  if (type !== undefined && !JSON_TYPE.test(type)) return refusal('unsupported_media_type')
  const encoding = req.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refusal('unsupported_content_encoding', { encoding: encoding.slice(0, 40) })
  }
  return Number(req.headers['content-length'] ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined
}

function readBody(req: IncomingMessage, maxBytes: number): Promise<Result<Buffer, ReadProblem>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    req.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= maxBytes) return void chunks.push(chunk)
      // What still comes passes by unread, for many a client reads no answer before it has sent its all.
      chunks.length = 0
      resolve(fail(tooLarge(maxBytes)))
      if (length > maxBytes * BODIES_PASSED_BY_MAX) req.destroy()
    })
    req.on('end', () => resolve(ok(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))))
    req.on('error', () => resolve(fail('client_left')))
    req.on('close', () => resolve(fail('client_left')))
  })
}
