// What is shown of an upstream's key and of how it has been doing.
import type {
  SecretStoreKind,
  UpstreamHealthView,
  UpstreamView,
} from '../../contract/operations/upstreams.ts'
import { textOf } from '../../contract/upstream-problem.ts'
import type { UpstreamHealth } from '../upstreams/upstream-health.ts'

/** Of a shorter key, four characters would be too large a part. */
const SHOWN_KEY_LENGTH_MIN = 16

export const toKeyView = (key: string | undefined, keptIn: SecretStoreKind): UpstreamView['key'] => ({
  isSet: key !== undefined,
  lastFour: key !== undefined && key.length >= SHOWN_KEY_LENGTH_MIN ? key.slice(-4) : null,
  keptIn,
})

export function toHealthView(upstreamHealth: UpstreamHealth): UpstreamHealthView {
  const { errors, ...health } = upstreamHealth.state()
  return {
    ...health,
    errors: errors.map((error) => ({ ...error, details: { ...error.details }, message: textOf(error) })),
  }
}
