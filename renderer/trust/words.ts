// The words about trusting the gateway's own authority, which both apps show.
import { wordsFor } from '../words/words.ts'
import type en from './words.en.json'

export const useTrustWords = wordsFor<typeof en>('trust')
