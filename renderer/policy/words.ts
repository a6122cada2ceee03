// The words of request policies, in both apps.
import { wordsFor } from '../words/words.ts'
import type en from './words.en.json'

export const usePolicyWords = wordsFor<typeof en>('policy')
