// The words of receipts, in both apps.
import { wordsFor } from '../words/words.ts'
import type en from './words.en.json'

export const useReceiptWords = wordsFor<typeof en>('receipt')
