// What is said of an upstream in a word: whether requests go there, and if so, how that has been.
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { Status } from '../../../kit/shape.tsx'

export type UpstreamRow = CallOutput<'upstreams.list'>['rows'][number]

export type UpstreamState =
  | 'stateOff'
  | 'stateIncomplete'
  | 'statePassedOver'
  | 'stateTrying'
  | 'healthBad'
  | 'healthGood'
  | 'healthFailed'
  | 'healthUnknown'

const SHAPES: Readonly<Record<UpstreamState, Status>> = {
  stateOff: 'off',
  stateIncomplete: 'warn',
  statePassedOver: 'bad',
  stateTrying: 'warn',
  healthBad: 'bad',
  healthGood: 'ok',
  healthFailed: 'warn',
  healthUnknown: 'off',
}

export function decideUpstreamState(row: UpstreamRow, isAlone: boolean): readonly [Status, UpstreamState] {
  const state = stateOf(row, isAlone)
  return [SHAPES[state], state]
}

type Health = Pick<UpstreamRow['health'], 'isHealthy' | 'lastFailureAt'>

/** The same of how it has been doing alone. */
export function decideHealth(health: Health): readonly [Status, UpstreamState] {
  const state = healthOf(health)
  return [SHAPES[state], state]
}

/** A failure or two are no state yet, but something was asked, and it went wrong. */
function healthOf({ isHealthy, lastFailureAt }: Health): UpstreamState {
  if (isHealthy !== null) return isHealthy ? 'healthGood' : 'healthBad'
  return lastFailureAt === null ? 'healthUnknown' : 'healthFailed'
}

/** One that is alone is asked whatever its breaker says. */
function stateOf({ isEnabled, isInUse, breaker, health }: UpstreamRow, isAlone: boolean): UpstreamState {
  if (!isEnabled) return 'stateOff'
  if (!isInUse) return 'stateIncomplete'
  if (!isAlone && breaker.state === 'open') return 'statePassedOver'
  if (!isAlone && breaker.state === 'half_open') return 'stateTrying'
  return healthOf(health)
}
