// The models of the demo upstream.
import type { JsonObject } from './json.ts'

export interface DemoModel {
  /** The name that requests use. */
  readonly name: string
  /** The dated snapshot that answers name. */
  readonly snapshot: string
  readonly kind: 'text' | 'embedding' | 'moderation' | 'image' | 'transcription' | 'speech'
  /** Of an embedding model, the window of each input. */
  readonly contextWindowTokens: number
  readonly maxOutputTokens: number
  /** Whether a request that does not say makes it reason, whether only one that asks does, or nothing does. */
  readonly reasons: 'always' | 'on_request' | 'never'
}

const SNAPSHOT_DATE = '2026-11-01'
const CREATED_S = Date.UTC(2026, 10, 1) / 1000

const model = (
  name: string,
  contextWindowTokens: number,
  maxOutputTokens: number,
  reasons: DemoModel['reasons'],
): DemoModel => ({
  name,
  snapshot: `${name}-${SNAPSHOT_DATE}`,
  kind: 'text',
  contextWindowTokens,
  maxOutputTokens,
  reasons,
})

/** What OpenAI moderates with where no model is named; here it has the same name, for the same reason. */
export const MODERATION_MODEL = 'omni-moderation-latest'

const MODELS: readonly DemoModel[] = [
  model('demo-fast', 32_000, 4_096, 'never'),
  model('demo-smart', 128_000, 8_192, 'on_request'),
  model('demo-reasoning', 128_000, 8_192, 'always'),
  { ...model('demo-embedding', 8_192, 0, 'never'), snapshot: 'demo-embedding', kind: 'embedding' },
  { ...model(MODERATION_MODEL, 32_000, 0, 'never'), snapshot: MODERATION_MODEL, kind: 'moderation' },
  { ...model('demo-image', 32_000, 8_192, 'never'), snapshot: 'demo-image', kind: 'image' },
  { ...model('demo-transcribe', 16_000, 2_000, 'never'), snapshot: 'demo-transcribe', kind: 'transcription' },
  { ...model('demo-whisper', 16_000, 0, 'never'), snapshot: 'demo-whisper', kind: 'transcription' },
  { ...model('demo-speech', 4_096, 16_384, 'never'), snapshot: 'demo-speech', kind: 'speech' },
]

const DATED = /-\d{4}-\d{2}-\d{2}$/

/** The model of a name or of a dated snapshot; any other name as well where the instance accepts every model. */
export function findModel(
  name: string,
  acceptAny: boolean,
  kind: DemoModel['kind'] = 'text',
): DemoModel | undefined {
  const known = MODELS.find((one) => one.name === name || one.snapshot === name)
  if (known) return known.kind === kind ? known : undefined
  if (!acceptAny) return undefined
  const isText = kind === 'text'
  return {
    name,
    snapshot: DATED.test(name) || !isText ? name : `${name}-${SNAPSHOT_DATE}`,
    kind,
    contextWindowTokens: isText ? 1_050_000 : 8_192,
    maxOutputTokens: isText ? 128_000 : 0,
    reasons: isText ? 'on_request' : 'never',
  }
}

const listed = ({ name }: DemoModel): JsonObject => ({
  id: name,
  object: 'model',
  created: CREATED_S,
  owned_by: 'codex-gateway-demo',
})

export const modelList = (): JsonObject => ({ object: 'list', data: MODELS.map(listed) })

export function modelObject(name: string): JsonObject | undefined {
  const found = MODELS.find((one) => one.name === name)
  return found && listed(found)
}
