// The sentences of menus, dialogs and notifications, in the language of the window.
import en from './words/en.json' with { type: 'json' }
import zhCN from './words/zh-CN.json' with { type: 'json' }

export type Language = 'en' | 'zh-CN'
export type CatalogueKey = keyof typeof en
type Catalogue = Readonly<Record<CatalogueKey, string>>
type CountedName = CatalogueKey extends infer Key ? (Key extends `${infer Name}_other` ? Name : never) : never

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, 'zh-CN': zhCN }

export interface Say {
  /** `{name}` in the sentence is replaced by the value of that name. */
  (key: CatalogueKey, values?: Readonly<Record<string, string | number>>): string
  /** By the number: `_zero` where there is one, `_one`, `_other`. */
  count(name: CountedName, count: number): string
}

export function wordsIn(language: Language): Say {
  const catalogue = CATALOGUES[language]
  const say = (key: CatalogueKey, values: Readonly<Record<string, string | number>> = {}): string =>
    catalogue[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  return Object.assign(say, {
    count(name: CountedName, count: number) {
      const zero = `${name}_zero`
      const key = count === 0 && isKey(zero) ? zero : (`${name}_${count === 1 ? 'one' : 'other'}` as const)
      return say(key, { count })
    },
  })
}

const isKey = (key: string): key is CatalogueKey => Object.hasOwn(en, key)

/** `preferred` is the system's list, best first, such as `zh-Hans-CN`. */
export const systemLanguage = (preferred: readonly string[]): Language =>
  preferred.find((tag) => /^(zh|en)\b/i.test(tag))?.startsWith('zh') ? 'zh-CN' : 'en'
