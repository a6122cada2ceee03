import { wordsFor } from '../words/words.ts'
import type en from './words.en.json'

export const useWords = wordsFor<typeof en>('limits-form')
