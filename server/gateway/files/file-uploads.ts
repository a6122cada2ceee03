// Files that come in parts (OpenAI API reference, "Uploads"): begun, filled, completed or given up by the person who began
// them. The file that comes of it is theirs.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { FileUploadRow } from '../../db/repositories/files.ts'
import { bodyOf, SLOWEST } from '../body-arrival.ts'
import { decoderFor } from '../body-decoder.ts'
import { type JsonObject, parseObject } from '../json-object.ts'
import { isForm, readUpload } from '../media/read-upload.ts'
import { uploadRequest } from '../media/send-upload.ts'
import type { Answered } from '../outcome.ts'
import { parseBody } from '../parsed-body.ts'
import type { UpstreamTarget } from '../request.ts'
import {
  answerWhole,
  askAside,
  left,
  refuseAside,
  type SideRequest,
  type WholeAnswer,
} from '../side-exchange.ts'
import { invalidParameter } from '../walk.ts'
import { purposeProblem } from './file-facts.ts'
import { type FileTask, firstOf, keepFile, upstreamIdOf, upstreamOf } from './file-task.ts'

const MEBIBYTE = 1024 * 1024
const JSON_BYTES_MAX = MEBIBYTE
/** A part of 64 MB, and the form around it. */
const PART_BYTES_MAX = 65 * MEBIBYTE
/** What OpenAI takes at most of one file in parts. */
const UPLOAD_BYTES_MAX = 8 * 1024 * MEBIBYTE
const PARTS_MAX = 10_000
/** Where the upstream does not say. */
const UPLOAD_MS = 3_600_000

export async function startUpload(task: FileTask): Promise<Answered> {
  const { deps, asked } = task
  const upstream = firstOf(task)
  if (!upstream) return refuseAside(asked, refusal('upstream_not_configured'))
  const body = await readJson(task)
  if (!('value' in body)) return body
  const { purpose, bytes } = body.value
  if (typeof purpose !== 'string')
    return refuseAside(asked, refusal('missing_parameter', undefined, { param: 'purpose' }))
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 1 || bytes > UPLOAD_BYTES_MAX)
    return refuseAside(
      asked,
      invalidParameter('bytes', `it has to be a whole number from 1 to ${UPLOAD_BYTES_MAX}.`),
    )
  const refused = purposeProblem(purpose)
  if (refused) return refuseAside(asked, refused)
  const place = deps.fileRoom.take(asked.key.userId, bytes)
  if (!place.ok) return refuseAside(asked, place.error)
  try {
    return await exchange(task, upstream, '/uploads', jsonContent(body.bytes), ({ body: answer }) =>
      keepUpload(task, answer, upstream, bytes),
    )
  } finally {
    place.value.release()
  }
}

function keepUpload(
  { deps, asked }: FileTask,
  answer: Buffer,
  upstream: UpstreamTarget,
  bytes: number,
): void {
  const { id, expires_at: expiresAt } = parseObject(answer.toString('utf8')) ?? {}
  if (typeof id !== 'string' || id === '' || id.length > 200) return
  const createdAt = deps.clock.now()
  deps.files.insertUpload({
    id,
    userId: asked.key.userId,
    upstreamId: upstreamIdOf(upstream),
    bytes,
    partBytes: 0,
    createdAt,
    expiresAt: typeof expiresAt === 'number' ? expiresAt * 1000 : createdAt + UPLOAD_MS,
  })
}

export async function addPart(task: FileTask): Promise<Answered> {
  const { deps, asked, live, spool } = task
  const found = ownUpload(task)
  if (!found.ok) return refuseAside(asked, found.error)
  const { row, upstream } = found.value
  if (!isForm(asked.req.headers['content-type']))
    return refuseAside(asked, refusal('unsupported_media_type', { cause: 'form' }))
  const read = await readUpload(asked, PART_BYTES_MAX, spool)
  if (!read.ok) return read.error === 'client_left' ? left(live) : refuseAside(asked, read.error)
  const { upload } = read.value
  const [part] = upload.content.files
  if (part?.name !== 'data')
    return refuseAside(asked, refusal('missing_parameter', undefined, { param: 'data' }))
  // What was announced has its place; what is more than that has none.
  const place = deps.fileRoom.takePart(row, part.bytes)
  if (!place.ok) return refuseAside(asked, place.error)
  // Whether the upstream has it: one that fails, or whose answer breaks off, may have it all the same.
  let isKnown = false
  try {
    return await exchange(
      task,
      upstream,
      `/uploads/${row.id}/parts`,
      () => uploadRequest(upload, undefined),
      (answer) => {
        const { id } = parseObject(answer.body.toString('utf8')) ?? {}
        if (typeof id !== 'string' || id === '' || id.length > 200) return
        deps.files.addPart(row.id, id, part.bytes)
        isKnown = true
      },
      () => {
        isKnown = true
      },
    )
  } finally {
    if (isKnown) place.value.release()
    else place.value.lose()
  }
}

export async function completeUpload(task: FileTask): Promise<Answered> {
  const { deps, asked } = task
  const found = ownUpload(task)
  if (!found.ok) return refuseAside(asked, found.error)
  const { row, upstream } = found.value
  const body = await readJson(task)
  if (!('value' in body)) return body
  const partIds = body.value.part_ids
  const areTexts = Array.isArray(partIds) && partIds.every((id) => typeof id === 'string')
  if (!areTexts || partIds.length === 0 || partIds.length > PARTS_MAX)
    return refuseAside(asked, invalidParameter('part_ids', `it has to be a list of 1 to ${PARTS_MAX} ids.`))
  if (!deps.files.areParts(row.id, partIds))
    return refuseAside(asked, invalidParameter('part_ids', 'one of them is no part of this upload.'))
  return exchange(task, upstream, `/uploads/${row.id}/complete`, jsonContent(body.bytes), (answer) => {
    keepFile(task, answer.body, upstream)
    deps.files.removeUpload(row.id)
  })
}

export async function cancelUpload(task: FileTask): Promise<Answered> {
  const { deps, asked } = task
  const found = ownUpload(task)
  if (!found.ok) return refuseAside(asked, found.error)
  const { row, upstream } = found.value
  const content = jsonContent(Buffer.from('{}'))
  return exchange(task, upstream, `/uploads/${row.id}/cancel`, content, () => deps.files.removeUpload(row.id))
}

interface OwnUpload {
  readonly row: FileUploadRow
  readonly upstream: UpstreamTarget
}

function ownUpload(task: FileTask): Result<OwnUpload, Refusal> {
  const { deps, asked } = task
  const { id } = asked.endpoint
  const row = deps.files.findUpload(id, deps.clock.now())
  const upstream = row && upstreamOf(task, row)
  const isOwn = row?.userId === asked.key.userId
  return row && upstream && isOwn
    ? ok({ row, upstream })
    : fail(refusal('file_upload_not_found', { id: id.slice(0, 100) }))
}

const jsonContent = (body: Buffer) => () => ({ body })

/**
 * Does it at the upstream; `keep` is told of an answer that says it was done, before its maker is, `refused` of one that it was not,
 * and where it has not been reached.
 */
async function exchange(
  { deps, asked, live }: FileTask,
  upstream: UpstreamTarget,
  path: string,
  content: NonNullable<SideRequest['content']>,
  keep: (answer: WholeAnswer) => void,
  refused?: () => void,
): Promise<Answered> {
  const side: SideRequest = {
    received: asked,
    upstream,
    live,
    method: 'POST',
    path,
    content,
    isKept: true,
    onUnreached: refused,
  }
  const answer = await askAside(deps, side)
  if (!('body' in answer)) return answer
  const { status } = answer.head
  if (status === 200) keep(answer)
  else if (status >= 400 && status < 500) refused?.()
  return answerWhole(side, answer)
}

/** A small body of JSON, or how the request ended without one. */
async function readJson({
  deps,
  asked,
  live,
}: FileTask): Promise<{ readonly value: JsonObject; readonly bytes: Buffer } | Answered> {
  const share = deps.bodies.shareFor(asked.key.userId)
  try {
    const decode = decoderFor(asked.req.headers['content-encoding'])
    if (decode !== 'identity') {
      const encoding = String(asked.req.headers['content-encoding']).slice(0, 40)
      return refuseAside(asked, refusal('unsupported_content_encoding', { encoding }))
    }
    if (asked.req.headers.expect !== undefined) asked.res.writeContinue()
    const body = await bodyOf(asked.req, { ...SLOWEST, bytesMax: JSON_BYTES_MAX }, share)
    if (!body.ok) return body.error === 'client_left' ? left(live) : refuseAside(asked, body.error)
    const parsed = parseBody(body.value)
    return parsed.ok ? { value: parsed.value.value, bytes: body.value } : refuseAside(asked, parsed.error)
  } finally {
    share.release()
  }
}
