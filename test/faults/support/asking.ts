// One request of a load, planned before it is sent: what is asked, how its client behaves, and how the upstream takes it.
// The same numbers plan the same request.
import type { Asked } from './by-hand.ts'
import { type Leaving, planLeaving } from './leaving.ts'
import { type AskedMedia, type MediaDialect, mediaDialectOf, planMediaAsking } from './media-asking.ts'
import type { Seeded } from './seeded.ts'
import { planUpstream, type UpstreamPlan } from './upstream-plan.ts'

export type Dialect = 'chat' | 'responses'

export interface Asking extends Asked {
  /** Sent as `x-client-request-id`, so that the upstream knows which request it has before it. */
  readonly id: string
  readonly person: number
  readonly key: number
  readonly model: string
  readonly dialect: Dialect | MediaDialect
  readonly isStream: boolean
  /** Sent as a frame of a WebSocket, whose connection has no other. */
  readonly isSocket: boolean
  readonly path: string
  readonly contentType: string
  readonly body: Buffer
  readonly leaving: Leaving
  readonly upstream: UpstreamPlan
  /** Bytes of text in a whole answer, of all its choices. */
  readonly wholeTextBytes: number
  /** The code that it is refused with before anything is sent, however much its person has. */
  readonly refusedWith: string | undefined
  /** Where it is about images or sound. */
  readonly media?: AskedMedia
}

/** Who asks, and for what: together they name the request. */
export interface Identity {
  readonly id: string
  readonly person: number
  readonly key: number
  readonly model: string
}

export function planAsking(seeded: Seeded, identity: Identity): Asking {
  const media = mediaDialectOf(identity.model)
  return media ? planMediaAsking(seeded, identity, media) : planTextAsking(seeded, identity)
}

function planTextAsking(seeded: Seeded, identity: Identity): Asking {
  const dialect: Dialect = seeded.percent(50) ? 'chat' : 'responses'
  const isStream = seeded.percent(65)
  const upstream = planUpstream(seeded, dialect, isStream)
  const choices = dialect === 'chat' && seeded.percent(15) ? seeded.int(2, 3) : 1
  const searchesMax = upstream.searches > 0 ? seeded.int(upstream.searches, 4) : 0
  const outputLimit = seeded.percent(70) ? seeded.int(400, 9_000) : undefined
  const { id, person, key, model } = identity
  const refusedWith = seeded.percent(7) ? seeded.pick(REFUSALS) : undefined
  const members = {
    model: refusedWith === 'model_not_priced' ? 'a-model-without-a-price' : model,
    ...(isStream ? { stream: true } : {}),
    ...(dialect === 'chat' ? chatMembers(seeded, isStream) : responsesMembers(seeded, searchesMax)),
    ...(outputLimit === undefined ? {} : { [limitName(seeded, dialect)]: outputLimit }),
    ...(choices > 1 ? { n: choices } : {}),
  }
  const body = Buffer.from(broken(JSON.stringify(members), refusedWith, members.model))
  const leaving = refusedWith ? ({ when: 'stays' } as const) : planLeaving(seeded, isStream, upstream)
  const shownBytes = upstream.textBytes + ('reasoning' in members ? upstream.summaryBytes : 0)
  return {
    ...{ id, person, key, model, dialect, isStream, body, leaving, upstream, refusedWith },
    // Whoever leaves before the frame is whole has sent none.
    isSocket:
      isStream && dialect === 'responses' && !refusedWith && !/body/.test(leaving.when) && seeded.percent(30),
    path: dialect === 'chat' ? '/v1/chat/completions' : '/v1/responses',
    contentType: 'application/json',
    ...{ bodyBytes: body.length, outputLimit, choices, searchesMax },
    wholeTextBytes: shownBytes * choices,
  }
}

/** What a client cannot have, whoever it is. */
const REFUSALS = [
  'invalid_json',
  'duplicate_member',
  'model_not_priced',
  'unsupported_service_tier',
  'unsupported_parameter',
] as const

function broken(json: string, refusedWith: (typeof REFUSALS)[number] | undefined, model: string): string {
  switch (refusedWith) {
    case undefined:
    case 'model_not_priced':
      return json
    case 'invalid_json':
      return json.slice(0, -1)
    case 'duplicate_member':
      return json.replace('{', `{"mod\\u0065l":"${model}-mini",`)
    case 'unsupported_service_tier':
      return json.replace('{', '{"service_tier":"ultrafast",')
    case 'unsupported_parameter':
      return json.replace('{', '{"background":true,"modalities":["audio"],')
  }
}

const limitName = (seeded: Seeded, dialect: Dialect): string => {
  if (dialect === 'responses') return 'max_output_tokens'
  return seeded.percent(50) ? 'max_tokens' : 'max_completion_tokens'
}

function promptOf(seeded: Seeded): string {
  const words = seeded.pick([
    'Tell me about gates. ',
    '请介绍一下园林里的月亮门。',
    'Say "yes" or \\ "no"\n',
    'grün 🌕 ',
  ])
  // Mostly short; now and then long enough for the prompt cache and for the long-context rates.
  return words.repeat(seeded.percent(8) ? seeded.int(150, 400) : seeded.int(1, 12))
}

function chatMembers(seeded: Seeded, isStream: boolean): object {
  const options =
    isStream && seeded.percent(50) ? { stream_options: { include_usage: seeded.percent(70) } } : {}
  return { messages: [{ role: 'user', content: promptOf(seeded) }], ...options }
}

function responsesMembers(seeded: Seeded, searchesMax: number): object {
  return {
    input: promptOf(seeded),
    ...(seeded.percent(30) ? { store: false } : {}),
    ...(seeded.percent(30) ? { reasoning: { effort: 'low', summary: 'auto' } } : {}),
    ...(searchesMax > 0 ? { tools: [{ type: 'web_search' }], max_tool_calls: searchesMax } : {}),
  }
}
