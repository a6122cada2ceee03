// Which language a page is drawn in: what was asked for, else what the browser prefers, else the gateway's own.
import type { Language } from './page-facts.ts'

/** `asked` is the value of `?lang=`; `accepted` the Accept-Language header. */
export function languageOf(asked: unknown, accepted: string | undefined, fallback: Language): Language {
  if (typeof asked === 'string') {
    const named = known(asked)
    if (named) return named
  }
  for (const tag of byPreference(accepted ?? '')) {
    const named = known(tag)
    if (named) return named
  }
  return fallback
}

function known(tag: string): Language | undefined {
  if (/^zh\b/i.test(tag)) return 'zh-CN'
  return /^en\b/i.test(tag) ? 'en' : undefined
}

function byPreference(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', quality] = part.trim().split(/\s*;\s*q=/i)
      return { tag, weight: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag)
}
