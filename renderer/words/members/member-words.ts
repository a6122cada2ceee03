// What the members of things are called, and what the words in them mean, in the reader's language: for what shows records
// as they were written, such as the audit.
import { useWordsOfApp } from '../words.ts'

const CATALOGUE = 'members'

/** Members whose values are words of the contract. Names, notes and addresses are a person's own. */
const OF_WORDS = new Set([
  'role',
  'status',
  'state',
  'kind',
  'reason',
  'disabledBy',
  'origin',
  'outcome',
  'secondFactor',
  'registration',
  'remoteAdministration',
  'https',
  'metric',
  'window',
])

interface MemberWords {
  /** Such as `spending caps · a day`; undefined where the member has no word. */
  readonly nameOf: (path: string) => string | undefined
  /** Undefined for a value that says itself. */
  readonly meaningOf: (path: string, value: string) => string | undefined
}

/** For screens that load the catalogue `members`. */
export function useMemberWords(): MemberWords {
  const words = useWordsOfApp()
  const say = (key: string) => (words.has(CATALOGUE, key) ? words.say(CATALOGUE, key) : undefined)
  return {
    nameOf(path) {
      const parts = path.split('.')
      const names = parts.map((part) => say(`m_${part}`))
      // What follows may be a name that somebody gave, such as that of an alias.
      return names[0] === undefined ? undefined : names.map((name, at) => name ?? parts[at]).join(' · ')
    },
    meaningOf: (path, value) => (OF_WORDS.has(path.split('.').at(-1) ?? '') ? say(`v_${value}`) : undefined),
  }
}
