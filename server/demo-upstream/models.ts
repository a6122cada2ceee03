// The demo's models: three invented ones in the proportions of real ones, and what a request for any other model gets.
import type { JsonObject } from './json.ts'

export interface DemoModel {
  /** The name that requests use. */
  readonly name: string
  /** The dated snapshot that answers name. */
  readonly snapshot: string
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
  contextWindowTokens,
  maxOutputTokens,
  reasons,
})

const MODELS: readonly DemoModel[] = [
  model('demo-fast', 32_000, 4_096, 'never'),
  model('demo-smart', 128_000, 8_192, 'on_request'),
  model('demo-reasoning', 128_000, 8_192, 'always'),
]

const DATED = /-\d{4}-\d{2}-\d{2}$/

/** The model of a name or of a dated snapshot; any other name as well where the instance accepts every model. */
export function findModel(name: string, acceptAny: boolean): DemoModel | undefined {
  const known = MODELS.find((one) => one.name === name || one.snapshot === name)
  if (known || !acceptAny) return known
  const snapshot = DATED.test(name) ? name : `${name}-${SNAPSHOT_DATE}`
  return { name, snapshot, contextWindowTokens: 1_050_000, maxOutputTokens: 128_000, reasons: 'on_request' }
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
