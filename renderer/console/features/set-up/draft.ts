// What was typed into the set-up so far. A reload keeps it, and a window that was closed, until the set-up is done; except for
// what is secret: token, password and key are in memory alone.
import type { CallInput } from '../../../../contract/catalogue.ts'
import type { Language } from '../../../words/language.ts'

export const OPENAI_BASE_URL = 'https://api.openai.com/v1'
export const REGISTRATIONS = ['approval', 'invite', 'open', 'closed'] as const

export interface Draft {
  readonly token: string
  readonly email: string
  readonly password: string
  readonly confirmation: string
  readonly kind: 'openai' | 'demo'
  readonly apiKey: string
  readonly baseUrl: string
  readonly announcement: string
  readonly defaultBalanceNanoUsd: number | undefined
  readonly registration: (typeof REGISTRATIONS)[number]
}

const EMPTY: Draft = {
  token: '',
  email: '',
  password: '',
  confirmation: '',
  kind: 'openai',
  apiKey: '',
  baseUrl: OPENAI_BASE_URL,
  announcement: '',
  defaultBalanceNanoUsd: 0,
  registration: 'approval',
}

const STORED_AS = 'codex-gateway.set-up'
const NO_SECRETS = { token: '', password: '', confirmation: '', apiKey: '' } as const

/** `isResumed`: an earlier visit of this page came further than its first step. */
export function readDraft(): { readonly draft: Draft; readonly isResumed: boolean } {
  const stored = storedText()
  if (stored === null) return { draft: EMPTY, isResumed: false }
  return { draft: { ...EMPTY, ...parsed(stored), ...NO_SECRETS }, isResumed: true }
}

export function keepDraft(draft: Draft): void {
  try {
    localStorage.setItem(STORED_AS, JSON.stringify({ ...draft, ...NO_SECRETS }))
  } catch {
    // A browser may forbid storage altogether; then a reload begins anew.
  }
}

export function forgetDraft(): void {
  try {
    localStorage.removeItem(STORED_AS)
  } catch {
    // Where nothing can be stored, nothing was.
  }
}

function storedText(): string | null {
  try {
    return localStorage.getItem(STORED_AS)
  } catch {
    return null
  }
}

/** Whatever is stored there was written by this page, perhaps in an older version: members of another type are left out. */
function parsed(text: string): Partial<Draft> {
  try {
    const stored: unknown = JSON.parse(text)
    if (typeof stored !== 'object' || stored === null) return {}
    const known: Readonly<Record<string, unknown>> = { ...EMPTY }
    return Object.fromEntries(
      Object.entries(stored).filter(([name, value]) => name in known && typeof value === typeof known[name]),
    )
  } catch {
    return {}
  }
}

export function toInput(draft: Draft, locale: Language): CallInput<'setup.complete'> {
  const { token, email, password, announcement, defaultBalanceNanoUsd = 0, registration } = draft
  return {
    ...tokenOf(token),
    admin: { email, password, locale },
    upstream: draft.kind === 'demo' ? { kind: 'demo' } : { kind: 'openai', ...upstreamOf(draft) },
    settings: { announcement: announcement.trim(), defaultBalanceNanoUsd, registration },
  }
}

/** Without a key: the one that the environment gives. */
export const upstreamOf = ({ apiKey, baseUrl }: Pick<Draft, 'apiKey' | 'baseUrl'>) => ({
  baseUrl: baseUrl.trim(),
  ...(apiKey.trim() === '' ? {} : { apiKey: apiKey.trim() }),
})

export const tokenOf = (token: string) => (token.trim() === '' ? {} : { token: token.trim() })
