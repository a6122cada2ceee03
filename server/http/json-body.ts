// Reads the JSON body of one operation: a cap in bytes and in time, and a refusal that says what was wrong.
import type { IncomingMessage } from 'node:http'
import { type Refusal, refusal } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { GrowingBytes } from '../growing-bytes.ts'

const BODY_BYTES_MAX = 1024 * 1024
const BODY_TIMEOUT_MS = 30_000

/** An empty body stands for `{}`. Never rejects: a client that leaves half-way is a refusal that nobody will read. */
export async function readJsonBody(req: IncomingMessage): Promise<Result<unknown, Refusal>> {
  const encoding = req.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    return fail(refusal('unsupported_content_encoding', { encoding: encoding.slice(0, 50) }))
  }
  const bytes = await readBytes(req)
  if (!bytes.ok) return bytes
  if (bytes.value.length === 0) return ok({})
  if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
    return fail(refusal('unsupported_media_type'))
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value)))
  } catch (error) {
    // V8 quotes the text around the fault, which may be a password.
    const problem = error instanceof SyntaxError ? 'it cannot be parsed' : 'it is not UTF-8'
    return fail(refusal('invalid_json', { problem }))
  }
}

function readBytes(req: IncomingMessage): Promise<Result<Buffer, Refusal>> {
  const tooLarge = fail(refusal('request_too_large', { maxBytes: BODY_BYTES_MAX }))
  if (Number(req.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return Promise.resolve(tooLarge)
  return new Promise((resolve) => {
    const bytes = new GrowingBytes(Number(req.headers['content-length'] ?? 0))
    const finish = (result: Result<Buffer, Refusal>) => {
      clearTimeout(timer)
      req.removeAllListeners('data')
      resolve(result)
    }
    const timer = setTimeout(() => finish(fail(refusal('request_timeout'))), BODY_TIMEOUT_MS)
    req.on('data', (chunk: Buffer) => {
      if (bytes.length + chunk.length > BODY_BYTES_MAX) finish(tooLarge)
      else bytes.add(chunk)
    })
    req.once('end', () => finish(ok(bytes.take())))
    req.once('error', () => finish(fail(refusal('request_timeout'))))
    req.once('close', () => finish(fail(refusal('request_timeout'))))
  })
}
