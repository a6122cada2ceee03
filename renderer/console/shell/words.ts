// The words of the console's frame.
import { wordsFor } from '../../words/words.ts'
import type en from './words.en.json'

export const useShellWords = wordsFor<typeof en>('shell')
