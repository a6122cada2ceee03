import { wordsFor } from '../words/words.ts'
import type en from './words.en.json'

export const useApiKeyWords = wordsFor<typeof en>('api-keys')
