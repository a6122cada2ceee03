// What is wrong with an upstream, in the reader's language: what happened, and what to do about it.
import type { CallOutput } from '../../../contract/catalogue.ts'
import { wordsFor } from '../words.ts'
import type en from './words.en.json'

export type UpstreamProblemView = NonNullable<CallOutput<'upstreams.test'>['problem']>

const useWords = wordsFor<typeof en>('upstream-problems')

/** For screens that load the catalogue `upstream-problems`. */
export function useUpstreamProblemWords(): (problem: UpstreamProblemView) => string {
  const t = useWords()
  return ({ code, details }) => t(`problem_${code}`, details)
}
