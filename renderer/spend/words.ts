// The words about spending over time, which more than one screen shows.
import { wordsFor } from '../words/words.ts'
import type en from './words.en.json'

export const useSpendWords = wordsFor<typeof en>('spend')
