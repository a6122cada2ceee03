// Every sentence of a screen stands in a catalogue: one JSON file for each feature and language, loaded with the feature.
// A feature makes its own typed hook with `wordsFor`, so that a key that is missing does not compile.
import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Language } from './language.ts'

type Catalogue = Readonly<Record<string, string>>
type Values = Readonly<Record<string, unknown>>

export interface Words {
  readonly language: Language
  /** Resolves once these catalogues can be spoken from. */
  load(names: readonly string[]): Promise<void>
  /** Switches once everything that is loaded is there in the other language too. */
  change(language: Language): Promise<void>
  has(name: string, key: string): boolean
  /** A key that is missing is shown as it is; a test finds it. */
  say(name: string, key: string, values?: Values): string
  /** For `useSyncExternalStore`: a new function for each language. */
  readonly speaker: (name: string) => (key: string, values?: Values) => string
  subscribe(listener: () => void): () => void
}

/** Loads one catalogue in one language. */
type LoadCatalogue = () => Promise<Catalogue>

/** `files` as `import.meta.glob` gives them: `…/<name>/words.<language>.json`. Kit and shell are loaded before it resolves. */
export async function createWords(
  files: Readonly<Record<string, LoadCatalogue>>,
  language: Language,
): Promise<Words> {
  const loaders = new Map(Object.entries(files).map(([path, load]) => [catalogueKey(path), load]))
  const words = speakFrom(loaders, language)
  await words.load(['kit', 'shell'])
  return words
}

/** `keys.en` for `./features/keys/words.en.json`. */
const catalogueKey = (path: string): string =>
  path.replace(
    /^.*\/([^/]+)\/words\.([^/]+)\.json$/,
    (_whole, name: string, language: string) => `${name}.${language}`,
  )

function speakFrom(loaders: ReadonlyMap<string, LoadCatalogue>, first: Language): Words {
  const catalogues = new Map<string, Catalogue>()
  const names = new Set<string>()
  const listeners = new Set<() => void>()
  let language = first
  /** What was chosen last, and is perhaps being loaded. */
  let coming = first
  let speaker = createSpeaker()

  function createSpeaker(): Words['speaker'] {
    const speakers = new Map<string, (key: string, values?: Values) => string>()
    return (name) => {
      const known = speakers.get(name) ?? ((key, values) => words.say(name, key, values))
      speakers.set(name, known)
      return known
    }
  }
  /** Resolves to whether there is something new to say. */
  async function loadIn(wanted: Language, name: string): Promise<boolean> {
    const key = `${name}.${wanted}`
    if (catalogues.has(key)) return false
    const load = loaders.get(key)
    if (load === undefined) throw new Error(`There is no catalogue ${key}`)
    const catalogue: Promise<Catalogue> = load()
    catalogues.set(key, await catalogue)
    return true
  }
  function tell(): void {
    speaker = createSpeaker()
    for (const listener of listeners) listener()
  }
  const catalogue = (name: string): Catalogue => catalogues.get(`${name}.${language}`) ?? {}

  const words: Words = {
    get language() {
      return language
    },
    get speaker() {
      return speaker
    },
    async load(wanted) {
      for (const name of wanted) names.add(name)
      const isNew = await Promise.all(wanted.map((name) => loadIn(language, name)))
      if (isNew.some(Boolean)) tell()
    },
    async change(next) {
      coming = next
      // A page may be opened meanwhile, whose catalogue is then among the names.
      for (let loaded = 0; loaded < names.size; ) {
        const known = [...names]
        await Promise.all(known.map((name) => loadIn(next, name)))
        loaded = known.length
      }
      if (coming !== next) return
      language = next
      tell()
    },
    has: (name, key) => key in catalogue(name),
    say: (name, key, values = {}) => fill(sentence(catalogue(name), key, values, language), values),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return words
}

/** A sentence about a number stands under `key_one` and `key_other`, as its language tells them apart. */
function sentence(catalogue: Catalogue, key: string, { count }: Values, language: Language): string {
  if (typeof count !== 'number') return catalogue[key] ?? key
  const form = new Intl.PluralRules(language).select(count)
  return catalogue[`${key}_${form}`] ?? catalogue[`${key}_other`] ?? catalogue[key] ?? key
}

/** `{{name}}` is a value; `{name}` is left for a Sentence, whose parts are no text. React escapes. */
const fill = (text: string, values: Values): string =>
  text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))

export const WordsContext = createContext<Words | undefined>(undefined)

export function useWordsOfApp(): Words {
  const words = useContext(WordsContext)
  if (words === undefined) throw new Error('There is no WordsContext around this component')
  return words
}

/** A sentence's key: what is told apart by number counts as one. */
type KeyOf<Sentences> = keyof Sentences extends infer Key
  ? Key extends `${infer Stem}_one` | `${infer Stem}_other`
    ? Stem
    : Key extends string
      ? Key
      : never
  : never

export type Translate<Sentences> = (
  key: KeyOf<Sentences>,
  values?: Readonly<Record<string, string | number>>,
) => string

/** The typed hook of one catalogue: `export const useWords = wordsFor<typeof en>('keys')`. */
export function wordsFor<Sentences>(name: string): () => Translate<Sentences> {
  return function useSpeaker() {
    const words = useWordsOfApp()
    const speaker = useSyncExternalStore(words.subscribe, () => words.speaker)
    // The keys are checked by the type of the English catalogue; a test holds the Chinese one against it.
    return speaker(name)
  }
}
