// A failed call in the reader's language: the sentence of its code, filled from its details.
import { useSyncExternalStore } from 'react'
import { useWordsOfApp } from './words.ts'

/** A failed call, or one of the failures that an answer lists. */
interface Failure {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Falls back on the English of the answer where the catalogue has no such code, as on a page that is older than the server. */
export function useFailureWords(): (failure: Failure) => string {
  const words = useWordsOfApp()
  useSyncExternalStore(words.subscribe, () => words.speaker)
  return ({ code, message, details }) =>
    words.has('errors', code) ? words.say('errors', code, details) : message
}
