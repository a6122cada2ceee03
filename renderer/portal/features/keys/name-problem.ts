// What is wrong with a key's name, said before the gateway has to say it.
import type { Translate } from '../../../words/words.ts'
import type en from './words.en.json'

const CHARS_MAX = 100

export function nameProblem(name: string, t: Translate<typeof en>): string | undefined {
  const { length } = name.trim()
  if (length === 0) return t('nameMissing')
  return length > CHARS_MAX ? t('nameTooLong') : undefined
}
