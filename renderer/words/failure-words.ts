// A failed call in the reader's language: the sentence of its code, filled from its details.
import { useSyncExternalStore } from 'react'
import type { CallFailure } from '../client/client.ts'
import { useWordsOfApp } from './words.ts'

/** Falls back on the English of the answer where the catalogue has no such code, as on a page that is older than the server. */
export function useFailureWords(): (failure: CallFailure) => string {
  const words = useWordsOfApp()
  useSyncExternalStore(words.subscribe, () => words.speaker)
  return ({ code, message, details }) =>
    words.has('errors', code) ? words.say('errors', code, details) : message
}
