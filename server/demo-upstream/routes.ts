// Which paths the demo upstream answers, and how a request's body comes in.
import type { IncomingMessage } from 'node:http'
import type { Reply } from './delivery.ts'
import { type FileRoute, fileRouteOf } from './files-endpoint.ts'
import { jsonReply, refusedReply } from './fixed-reply.ts'
import { modelList, modelObject } from './models.ts'
import { modelNotFound, noWebSocket, type Refused, unknownUrl, wrongMethod } from './openai-error.ts'
import type { RequestRecord } from './received-request.ts'
import { type StoredAsked, storedRouteOf } from './stored-responses.ts'

export const BODY_BYTES_MAX = 64 * 1024 * 1024

/** Each posted path, and what answers it. */
const POSTED = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'completions',
  '/v1/responses': 'responses',
  '/v1/responses/compact': 'compact',
  '/v1/responses/input_tokens': 'input_tokens',
  '/v1/embeddings': 'embeddings',
  '/v1/moderations': 'moderations',
  '/v1/images/generations': 'images',
  '/v1/images/edits': 'image_edits',
  '/v1/images/variations': 'image_variations',
  '/v1/audio/speech': 'speech',
  '/v1/audio/transcriptions': 'transcriptions',
  '/v1/audio/translations': 'translations',
  '/v1/files': 'file',
  '/v1/uploads': 'upload',
} as const
export type PostedKind = (typeof POSTED)[keyof typeof POSTED]
const KINDS: ReadonlyMap<string, PostedKind> = new Map(Object.entries(POSTED))

export type Route =
  | { readonly kind: PostedKind }
  | { readonly kind: 'models'; readonly name: string | undefined }
  | { readonly kind: 'stored'; readonly id: string; readonly asked: StoredAsked }
  | { readonly kind: 'kept'; readonly route: FileRoute }
  | { readonly kind: 'refused'; readonly refused: Refused }

export function routeOf({ method, path, headers }: RequestRecord): Route {
  const [pathname = ''] = path.split('?')
  const isRead = method === 'GET' || method === 'HEAD'
  const refused = (value: Refused): Route => ({ kind: 'refused', refused: value })
  if (pathname === '/v1/models' || /^\/v1\/models\/[^/]+$/.test(pathname)) {
    const name = pathname.slice('/v1/models/'.length)
    return isRead
      ? { kind: 'models', name: name === '' ? undefined : name }
      : refused(wrongMethod(method, pathname))
  }
  const stored = storedRouteOf(method, path)
  if (stored) return stored
  const kept = fileRouteOf(method, pathname)
  if (kept) return { kind: 'kept', route: kept }
  const kind = KINDS.get(pathname)
  if (!kind) return refused(unknownUrl(method, pathname))
  if (headers.upgrade !== undefined) return refused(noWebSocket())
  if (method !== 'POST') return refused(wrongMethod(method, pathname))
  return { kind }
}

export function modelsReply(name: string | undefined, requestId: string): Reply {
  if (name === undefined) return jsonReply(200, modelList(), { requestId })
  const found = modelObject(name)
  return found ? jsonReply(200, found, { requestId }) : refusedReply(modelNotFound(name), requestId)
}

/** Reads a body into its record; false where it is larger than what is kept. A client that leaves ends it early. */
export async function readBody(message: IncomingMessage, record: RequestRecord): Promise<boolean> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of message) {
      bytes += chunk.length
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk)
    }
  } catch {
    // The client has gone in the middle of its upload; its record says so.
  }
  record.body = Buffer.concat(chunks)
  return bytes <= BODY_BYTES_MAX
}
