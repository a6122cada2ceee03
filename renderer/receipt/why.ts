// Why a request did not end as it should have: the sentence of its code, or of how it ended where it has none.
import type { UsageRow } from '../../contract/usage.ts'
import { type Ending, endingOf } from '../usage-rows/ending.ts'
import type { Words } from '../words/words.ts'

/** What is kept of a request that failed; the values of the sentence that its client was told are not. */
type Failed = Pick<UsageRow, 'requestId' | 'model' | 'reason' | 'status' | 'errorCode'> & {
  readonly endpoint: string | null
}

const FAILED: readonly Ending[] = [
  'upstream_failed',
  'upstream_refused',
  'gateway_stopped',
  'refused',
  'client_left',
]

/** Undefined where nothing failed. No sentence has a gap: where a value is not known any more, a shorter one is said. */
export function whyText(words: Pick<Words, 'has' | 'say'>, failed: Failed): string | undefined {
  const ending = endingOf(failed)
  if (!FAILED.includes(ending)) return undefined
  const { errorCode, requestId, model, endpoint } = failed
  // The sentence of its code is that of a request which is not taken any more.
  if (errorCode !== null && ending !== 'gateway_stopped') {
    if (words.has('receipt', `why_${errorCode}`)) return words.say('receipt', `why_${errorCode}`)
    const known = { requestId, model, ...(endpoint === null ? {} : { endpoint }) }
    const said = words.has('errors', errorCode) ? words.say('errors', errorCode, known) : '{{'
    if (!said.includes('{{')) return said
  }
  return words.say('receipt', `ended_${ending}`)
}
