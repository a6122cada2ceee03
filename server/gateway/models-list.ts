// Answers `GET /v1/models` and `GET /v1/models/{model}` from our own tables. The upstream's list would show the operator's
// fine-tuned models.
import { refusal } from '../../contract/errors.ts'
import type { KnownKey } from '../accounts/key-directory.ts'
import { isModelAllowed } from '../limits/decide-key-scope.ts'
import { answerLocally } from './answer-locally.ts'
import type { GatewayDeps } from './deps.ts'
import { modelIdAt, rawPathOf } from './endpoints.ts'
import { answerRefusal } from './openai-error.ts'
import { printable } from './printable.ts'
import type { Received } from './request.ts'
import { serves } from './upstream-choice.ts'

type ModelDeps = Pick<GatewayDeps, 'prices' | 'models' | 'planFunds' | 'settings' | 'clock' | 'upstreams'>
type Asking = Pick<KnownKey, 'userId' | 'userRole' | 'allowedModels'>
type Asked = Received & { readonly key: Asking }

/**
 * What Codex CLI is answered when it asks with `?client_version=`: an empty catalogue, on which it keeps the one that it
 * was shipped with. OpenAI's list shape it would not understand, and a 404 breaks its editor extension.
 */
const CODEX_CATALOGUE = { models: [] }

export function answerModels(deps: ModelDeps, received: Asked): void {
  const target = received.req.url ?? ''
  const query = new URLSearchParams(target.slice(rawPathOf(target).length))
  answerLocally(received, query.has('client_version') ? CODEX_CATALOGUE : modelList(deps, received.key))
}

const modelList = (deps: ModelDeps, key: Asking) => ({
  object: 'list',
  data: [...knownModels(deps, key)].sort(([a], [b]) => (a < b ? -1 : 1)).map(toModel),
})

export function answerModel(deps: ModelDeps, received: Asked): void {
  const raw = modelIdAt(rawPathOf(received.req.url ?? '')) ?? ''
  const known = knownModels(deps, received.key)
  // A client may have sent a slash in a name as it is, or encoded; either is only ever compared with names that we know.
  const id = known.has(raw) ? raw : decoded(raw)
  const seconds = id === undefined ? undefined : known.get(id)
  if (id !== undefined && seconds !== undefined) {
    answerLocally(received, toModel([id, seconds]))
    return
  }
  const refused = refusal('model_not_found', { model: printable(id ?? raw) }, { param: 'model' })
  answerRefusal(received.res, received.requestId, refused)
}

function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined
  }
}

/** The models that the person and the key may use, by the names that it may use for them, with the time since when, in seconds. */
function knownModels(deps: ModelDeps, key: Asking): Map<string, number> {
  const upstreams = deps.upstreams()
  const isServed = (model: string) => upstreams.length === 0 || upstreams.some((one) => serves(one, model))
  const rows = deps.prices
    .models(deps.clock.now())
    .filter((row) => deps.models.isAllowed(row.model, key) && isServed(row.model))
  const since = new Map(rows.map((row) => [row.model, Math.floor(row.effectiveFrom / 1000)]))
  const models = [...since.keys()].map((model) => ({ name: model, model }))
  const aliases = Object.entries(deps.settings.current().modelAliases)
    .filter(([, model]) => since.has(model))
    .map(([name, model]) => ({ name, model }))
  return new Map(
    [...models, ...aliases]
      .filter((named) => isModelAllowed(key.allowedModels, named))
      .filter((named) => deps.planFunds.sourcesFor(key.userId, named).length > 0)
      .map(({ name, model }) => [name, since.get(model) ?? 0]),
  )
}

const toModel = ([id, seconds]: readonly [string, number]) => ({
  id,
  object: 'model',
  created: seconds,
  owned_by: 'codex-gateway',
})
