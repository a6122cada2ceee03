// Reads a request's form to disk, and what it says into memory. Nothing of it is decided here.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { type ReadProblem, SLOWEST } from '../body-arrival.ts'
import { deployedModel, withDeployedModel } from '../deployed-model.ts'
import { rawPathOf } from '../endpoints.ts'
import type { Received } from '../request.ts'
import { SoundMeter } from '../sound/sound-meter.ts'
import { formJson } from './form-json.ts'
import { boundaryOf, type FormContent } from './form-scan.ts'
import { invalidForm } from './part-header.ts'
import { diskFailed, noRoom, type Upload, uploadOf } from './upload-arrival.ts'
import type { SpoolFile, SpoolShare } from './upload-spool.ts'

export interface ReadUpload {
  readonly upload: Upload
  /** What the form says, as JSON. */
  readonly body: Buffer
}

export const isForm = (contentType: string | undefined): boolean => /^multipart\//i.test(contentType ?? '')

export async function readUpload(
  { req, res }: Pick<Received, 'req' | 'res'>,
  endpointBytesMax: number,
  share: SpoolShare,
): Promise<Result<ReadUpload, ReadProblem>> {
  const bytesMax = Math.min(endpointBytesMax, share.bytesMax)
  const refused = refuseByHeaders(req.headers, bytesMax)
  if (refused) return fail(refused)
  const contentType = req.headers['content-type'] ?? ''
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return fail(invalidForm('its content-type names no boundary that can be used.'))
  // Whoever does not say how much is coming may send all that is allowed.
  const file = await opened(share, Number(req.headers['content-length'] ?? bytesMax))
  if (!file.ok) return file
  // A client that asked first (`Expect: 100-continue`) is told to go on only now, when its body is wanted.
  if (req.headers.expect !== undefined) res.writeContinue()
  const sound = new SoundMeter()
  const watch = (name: string) => (name === 'file' ? sound : undefined)
  const arrived = await uploadOf({ req, bounds: { ...SLOWEST, bytesMax }, boundary, file: file.value, watch })
  if (arrived.ok) {
    const deployed = deployedModel(rawPathOf(req.url ?? ''))
    return withBody(contentType, file.value, arrived.value, sound, deployed)
  }
  if (arrived.error !== 'client_left' && arrived.error.code === 'request_timeout')
    res.setHeader('connection', 'close')
  return arrived
}

function withBody(
  contentType: string,
  file: SpoolFile,
  content: FormContent,
  sound: SoundMeter,
  deployed: string | undefined,
): Result<ReadUpload, Refusal> {
  const body = formJson(content, sound.ms)
  if (!body.ok) return body
  const upload = { contentType, file, content }
  // Of a deployment the path decides, as where the body is JSON; what the form says is changed on the way out.
  return ok({ upload, body: deployed === undefined ? body.value : withDeployedModel(body.value, deployed) })
}

function refuseByHeaders(headers: Received['req']['headers'], bytesMax: number): Refusal | undefined {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return refusal('unsupported_content_encoding', { encoding: encoding.slice(0, 40) })
  const isTooLarge = Number(headers['content-length'] ?? 0) > bytesMax
  return isTooLarge ? refusal('request_too_large', { maxBytes: bytesMax }) : undefined
}

async function opened(share: SpoolShare, expectedBytes: number): Promise<Result<SpoolFile, Refusal>> {
  try {
    const file = await share.open(expectedBytes)
    if (typeof file === 'object') return ok(file)
    return fail(file === 'no_share' ? noRoom() : diskFailed())
  } catch {
    // The disk is full, or broken: both are told alike, and the log of the operator's disk says which.
    return fail(diskFailed())
  }
}
