// GET and DELETE /v1/responses/{id}, POST /v1/responses/{id}/cancel, GET /v1/responses/{id}/input_items.
import type { Reply } from './delivery.ts'
import { jsonReply, refusedReply } from './fixed-reply.ts'
import { responseNotCancellable, responseNotFound } from './openai-error.ts'
import { EVENT_STREAM_TYPE, replyHeaders } from './reply-headers.ts'
import type { ResponseStore } from './response-store.ts'

export type StoredAsked = 'read' | 'play' | 'delete' | 'cancel' | 'input_items'

interface StoredRoute {
  readonly kind: 'stored'
  readonly id: string
  readonly asked: StoredAsked
}

const PATH = /^\/v1\/responses\/(resp_[A-Za-z0-9_-]+)(\/cancel|\/input_items)?$/

/** Undefined where the path or the method is none of these. */
export function storedRouteOf(method: string, path: string): StoredRoute | undefined {
  const [pathname = '', query = ''] = path.split('?')
  const [, id, behind = ''] = PATH.exec(pathname) ?? []
  if (id === undefined) return undefined
  const isPlayed = new URLSearchParams(query).get('stream') === 'true'
  const asked = ASKED[`${method} ${behind}`]
  return asked && { kind: 'stored', id, asked: asked === 'read' && isPlayed ? 'play' : asked }
}

const ASKED: Readonly<Record<string, StoredAsked>> = {
  'GET ': 'read',
  'DELETE ': 'delete',
  'POST /cancel': 'cancel',
  'GET /input_items': 'input_items',
}

export function storedReply(
  store: ResponseStore,
  { id, asked }: Pick<StoredRoute, 'id' | 'asked'>,
  requestId: string,
): Reply {
  const stored = store.responseOf(id)
  if (!stored) return refusedReply(responseNotFound(id), requestId)
  switch (asked) {
    case 'read':
      return jsonReply(200, stored.response, { requestId })
    case 'play': {
      const headers = replyHeaders({ requestId, contentType: EVENT_STREAM_TYPE })
      return { kind: 'stream', status: 200, headers, events: stored.play() }
    }
    case 'delete':
      store.forget(id)
      return jsonReply(200, { id, object: 'response', deleted: true }, { requestId })
    case 'cancel':
      return refusedReply(responseNotCancellable(), requestId)
    case 'input_items': {
      const data = stored.inputItems
      const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
      return jsonReply(200, { object: 'list', data, ...ends, has_more: false }, { requestId })
    }
  }
}
