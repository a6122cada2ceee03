// The words for rows of usage, in both apps.
import { wordsFor } from '../words/words.ts'
import type en from './words.en.json'

export const useUsageWords = wordsFor<typeof en>('usage-rows')
