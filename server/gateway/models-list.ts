// Answers `GET /v1/models` from our own tables. The upstream's list would show the operator's fine-tuned models.
import { createHash } from 'node:crypto'
import type { KnownKey } from '../accounts/key-directory.ts'
import { type AllowedModels, isModelAllowed } from '../limits/decide-key-scope.ts'
import type { GatewayDeps } from './deps.ts'
import { rawPathOf } from './endpoints.ts'
import type { Received } from './request.ts'

/**
 * What Codex CLI is answered when it asks with `?client_version=`: an empty catalogue, on which it keeps the one that it
 * was shipped with. OpenAI's list shape it would not understand, and a 404 breaks its editor extension.
 */
const CODEX_CATALOGUE = { models: [] }

type ListDeps = Pick<GatewayDeps, 'prices' | 'models' | 'settings' | 'clock'>
type Asking = Pick<KnownKey, 'userId' | 'userRole' | 'allowedModels'>

export function answerModels(deps: ListDeps, received: Received & { readonly key: Asking }): void {
  const { req, res, key } = received
  const target = req.url ?? ''
  const query = new URLSearchParams(target.slice(rawPathOf(target).length))
  const answer = query.has('client_version') ? CODEX_CATALOGUE : modelList(deps, key)
  const body = Buffer.from(JSON.stringify(answer))
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  const isKnown = req.headers['if-none-match'] === etag
  res.writeHead(isKnown ? 304 : 200, {
    'content-type': 'application/json; charset=utf-8',
    ...(isKnown ? {} : { 'content-length': body.length }),
    etag,
    'x-request-id': received.requestId,
  })
  res.end(isKnown || req.method === 'HEAD' ? undefined : body)
}

/** The models that the person and the key may use, by the names that they may use for them. */
function modelList(deps: ListDeps, key: Asking) {
  const allowed: AllowedModels = key.allowedModels
  const rows = deps.prices.models(deps.clock.now()).filter((row) => deps.models.isAllowed(row.model, key))
  const created = new Map(rows.map((row) => [row.model, Math.floor(row.effectiveFrom / 1000)]))
  const aliases = Object.entries(deps.settings.current().modelAliases).filter(([, model]) =>
    created.has(model),
  )
  const models = [...created.keys()].map((model) => ({ name: model, model }))
  const names = new Map(
    [...models, ...aliases.map(([name, model]) => ({ name, model }))]
      .filter((named) => isModelAllowed(allowed, named))
      .map(({ name, model }) => [name, created.get(model) ?? 0]),
  )
  return {
    object: 'list',
    data: [...names]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, seconds]) => ({ id, object: 'model', created: seconds, owned_by: 'codex-gateway' })),
  }
}
