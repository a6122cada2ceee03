// Reads a request's body into memory, whole and bounded. Nothing of it is understood here.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { bodyOf, type ReadProblem, SLOWEST } from '../body-arrival.ts'
import { decoderFor } from '../body-decoder.ts'
import type { BodyShare } from '../body-memory.ts'
import { isForm, readUpload } from '../media/read-upload.ts'
import type { SpoolShare } from '../media/upload-spool.ts'
import { type Admitted, advance, type Filling, type Read } from '../request.ts'

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi
/** JSON is UTF-8 (RFC 8259, section 8.1); what reads it as anything else reads something else. */
const UTF8 = /^(?:utf-?8|us-ascii)$/i

/** At once, where all of it came together with its head. */
export function read(
  admitted: Admitted,
  share: BodyShare,
  spool?: SpoolShare,
): Result<Read, ReadProblem> | Promise<Result<Read, ReadProblem>> {
  const { req, res, endpoint } = admitted
  const { form } = endpoint
  if (form && spool && isForm(req.headers['content-type'])) return readForm(admitted, form.maxBytes, spool)
  const decode = decoderFor(req.headers['content-encoding'])
  if (decode === undefined) {
    const encoding = (req.headers['content-encoding'] ?? '').slice(0, 40)
    return fail(refusal('unsupported_content_encoding', { encoding }))
  }
  const refused = refuseByHeaders(admitted)
  if (refused) return fail(refused)
  // A client that asked first (`Expect: 100-continue`) is told to go on only now, when its body is wanted.
  if (req.headers.expect !== undefined) res.writeContinue()
  const body = bodyOf(req, { ...SLOWEST, bytesMax: endpoint.maxBodyBytes }, share, decode)
  return body instanceof Promise ? body.then((come) => taken(admitted, come)) : taken(admitted, body)
}

async function readForm(
  admitted: Admitted,
  bytesMax: number,
  spool: SpoolShare,
): Promise<Result<Read, ReadProblem>> {
  const uploaded = await readUpload(admitted, bytesMax, spool)
  return uploaded.ok ? ok(advance(admitted, uploaded.value)) : uploaded
}

function taken(admitted: Admitted, body: Result<Buffer, ReadProblem>): Result<Read, ReadProblem> {
  if (body.ok) {
    const whole = admitted as Filling<Admitted, Pick<Read, 'body'>>
    whole.body = body.value
    return ok(whole)
  }
  // Nothing more is to be waited for on this connection.
  if (body.error !== 'client_left' && body.error.code === 'request_timeout')
    admitted.res.setHeader('connection', 'close')
  return body
}

function refuseByHeaders({ req, endpoint }: Admitted): Refusal | undefined {
  const type = req.headers['content-type']
  if (endpoint.form?.isNeeded) return refusal('unsupported_media_type', { cause: 'form' })
  if (type !== undefined && !isUtf8Json(type)) return refusal('unsupported_media_type')
  const isTooLarge = Number(req.headers['content-length'] ?? 0) > endpoint.maxBodyBytes
  return isTooLarge ? refusal('request_too_large', { maxBytes: endpoint.maxBodyBytes }) : undefined
}

const isUtf8Json = (type: string): boolean =>
  type === 'application/json' ||
  (JSON_TYPE.test(type) && [...type.matchAll(CHARSET)].every(([, charset = '']) => UTF8.test(charset)))
