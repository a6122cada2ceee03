// The words about a plan, which more than one screen shows.
import { wordsFor } from '../../words/words.ts'
import type en from './words.en.json'

export const usePlanWords = wordsFor<typeof en>('plan')
