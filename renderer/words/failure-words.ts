// A failed call in the reader's language: the sentence of its code, filled from its details.
import { useSyncExternalStore } from 'react'
import { useWordsOfApp } from './words.ts'

/** A failed call, or one of the failures that an answer lists. */
interface Failure {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

interface Where {
  /** It stands at the field that is wrong, which needs no name there. */
  readonly isAtField?: boolean
}

/** Falls back on the English of the answer where the catalogue has no such code, as on a page that is older than the server. */
export function useFailureWords(): (failure: Failure, where?: Where) => string {
  const words = useWordsOfApp()
  useSyncExternalStore(words.subscribe, () => words.speaker)
  return ({ code, message, details }, { isAtField = false } = {}) => {
    const reason = `input_${String(details?.['reason'])}`
    if (code === 'invalid_input' && words.has('errors', reason)) {
      const problem = words.say('errors', reason, shownValues(details))
      const param = details?.['param']
      if (isAtField) return problem
      return words.say('errors', code, { problem: param === undefined ? problem : `${param}: ${problem}` })
    }
    return words.has('errors', code) ? words.say('errors', code, details) : message
  }
}

/** Bounds of money are nano-dollars in the contract, and dollars for whoever types them. */
function shownValues(details: Failure['details'] = {}): Readonly<Record<string, unknown>> {
  if (!String(details['param']).endsWith('NanoUsd')) return details
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'number' ? `$${new Intl.NumberFormat('en').format(value / 1_000_000_000)}` : value,
    ]),
  )
}
