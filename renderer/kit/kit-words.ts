// The few words that the parts of the kit say themselves.
import { wordsFor } from '../words/words.ts'
import type en from './words.en.json'

export const useKitWords = wordsFor<typeof en>('kit')
