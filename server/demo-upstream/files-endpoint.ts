// /v1/files and /v1/uploads (OpenAI API reference, "Files", "Uploads").
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Reply } from './delivery.ts'
import { type FileStore, fileObject, type KeptUpload, uploadObject } from './file-store.ts'
import { fixedReply, jsonReply } from './fixed-reply.ts'
import { filesOf } from './form.ts'
import { asArray, asInteger, asString, type JsonObject } from './json.ts'
import { fileNotFound, missingParameter, type Refused, uploadNotFound, wrongValue } from './openai-error.ts'
import { missingOf } from './parameters.ts'
import { replyHeaders } from './reply-headers.ts'
import type { Answered, Run } from './run.ts'

const PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals']

export type FileAsked = 'read' | 'delete' | 'content'
export type UploadAsked = 'part' | 'complete' | 'cancel'

export type FileRoute =
  | { readonly kind: 'files_list' }
  | { readonly kind: 'file'; readonly id: string; readonly asked: FileAsked }
  | { readonly kind: 'upload'; readonly id: string; readonly asked: UploadAsked }

const FILE = /^\/v1\/files\/(file-[A-Za-z0-9_-]+)(\/content)?$/
const UPLOAD = /^\/v1\/uploads\/(upload_[A-Za-z0-9_-]+)\/(parts|complete|cancel)$/
const UPLOAD_ASKED = { parts: 'part', complete: 'complete', cancel: 'cancel' } as const

/** Undefined where the path or the method is none of these. */
export function fileRouteOf(method: string, pathname: string): FileRoute | undefined {
  if (pathname === '/v1/files' && method === 'GET') return { kind: 'files_list' }
  const [, file, content] = FILE.exec(pathname) ?? []
  if (file !== undefined && method === 'GET')
    return { kind: 'file', id: file, asked: content === undefined ? 'read' : 'content' }
  if (file !== undefined && method === 'DELETE') return { kind: 'file', id: file, asked: 'delete' }
  const [, upload, asked] = UPLOAD.exec(pathname) ?? []
  if (upload === undefined || method !== 'POST') return undefined
  // The pattern has these three.
  return { kind: 'upload', id: upload, asked: UPLOAD_ASKED[asked as keyof typeof UPLOAD_ASKED] }
}

export function filesReply(
  store: FileStore,
  route: Exclude<FileRoute, { kind: 'upload' }>,
  requestId: string,
): Reply | Refused {
  if (route.kind === 'files_list') {
    const data = [...store.files.values()].map(fileObject)
    return jsonReply(200, { object: 'list', data, has_more: false }, { requestId })
  }
  const file = store.files.get(route.id)
  if (!file) return fileNotFound(route.id)
  if (route.asked === 'read') return jsonReply(200, fileObject(file), { requestId })
  if (route.asked === 'delete') {
    store.files.delete(route.id)
    return jsonReply(200, { id: route.id, object: 'file', deleted: true }, { requestId })
  }
  const headers = replyHeaders({ requestId, contentType: 'application/octet-stream' })
  return { kind: 'body', status: 200, headers, body: file.data, words: 0 }
}

export function answerFile(body: JsonObject, run: Run): Result<Answered, Refused> {
  const scenario = run.scripted ?? {}
  const fixed = fixedReply(scenario, run.requestId)
  if (fixed) return ok({ reply: fixed, scenario })
  const [file] = filesOf(body, 'file')
  if (!file) return fail(missingParameter('file'))
  const refused = missingOf(body, ['purpose'])
  if (refused) return fail(refused)
  const purpose = asString(body.purpose) ?? ''
  if (!PURPOSES.includes(purpose)) return fail(wrongValue('purpose', purpose, PURPOSES))
  const id = run.ids.next('file-', 24)
  const kept = { id, filename: file.filename, purpose, data: file.data, createdS: run.createdS }
  run.files.keep(kept)
  return ok({ reply: jsonReply(200, fileObject(kept), { requestId: run.requestId }), scenario })
}

export function answerUpload(body: JsonObject, run: Run): Result<Answered, Refused> {
  const refused = missingOf(body, ['bytes', 'filename', 'mime_type', 'purpose'])
  if (refused) return fail(refused)
  const upload: KeptUpload = {
    id: run.ids.next('upload_', 24),
    filename: asString(body.filename) ?? '',
    purpose: asString(body.purpose) ?? '',
    bytes: asInteger(body.bytes) ?? 0,
    createdS: run.createdS,
    parts: new Map(),
  }
  run.files.uploads.set(upload.id, upload)
  return replied(run, uploadObject(upload, 'pending'))
}

const replied = (run: Run, value: JsonObject): Result<Answered, Refused> =>
  ok({ reply: jsonReply(200, value, { requestId: run.requestId }), scenario: run.scripted ?? {} })

/** A part, the end, or the giving up of an upload. */
export function answerUploadStep(
  { id, asked }: { readonly id: string; readonly asked: UploadAsked },
  body: JsonObject,
  run: Run,
): Result<Answered, Refused> {
  const upload = run.files.uploads.get(id)
  if (!upload) return fail(uploadNotFound(id))
  if (asked === 'cancel') {
    run.files.uploads.delete(id)
    return replied(run, uploadObject(upload, 'cancelled'))
  }
  if (asked === 'complete') return complete(upload, body, run)
  const [part] = filesOf(body, 'data')
  if (!part) return fail(missingParameter('data'))
  const partId = run.ids.next('part_', 24)
  upload.parts.set(partId, part.data)
  return replied(run, { id: partId, object: 'upload.part', created_at: run.createdS, upload_id: id })
}

function complete(upload: KeptUpload, body: JsonObject, run: Run): Result<Answered, Refused> {
  const parts = asArray(body.part_ids).map((partId) => upload.parts.get(asString(partId) ?? ''))
  const data = Buffer.concat(parts.filter((part) => part !== undefined))
  if (parts.includes(undefined) || data.length !== upload.bytes)
    return fail(wrongValue('part_ids', String(body.part_ids), [...upload.parts.keys()]))
  run.files.uploads.delete(upload.id)
  const { filename, purpose } = upload
  const file = { id: run.ids.next('file-', 24), filename, purpose, data, createdS: run.createdS }
  run.files.keep(file)
  return replied(run, { ...uploadObject(upload, 'completed'), file: fileObject(file) })
}
