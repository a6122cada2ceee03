// The limits that are set now: the operator's over the shipped ones, held in memory, changed while the server runs, and
// worked out once for each caller.
import {
  type LimitEntry,
  type LimitRule,
  type LimitScope,
  type LimitSort,
  type LimitsUpdateInput,
  limitScope,
  SHIPPED_LIMITS,
  type SubjectLimitsView,
} from '../../contract/limits.ts'
import { type Direction, role } from '../../contract/operations/fields.ts'
import { decideEffectiveLimits, type EffectiveLimits, type LimitSubject } from './decide-limits.ts'

/** A limit that an operator set. */
export type StoredLimitRule = LimitRule & { readonly updatedAt: number }

/** Where the operator's limits are kept. */
export interface LimitRulesRepository {
  /** Every limit there is. Called once, at the start. */
  all(): readonly StoredLimitRule[]
}

export interface LimitBook {
  /** What applies to a caller now. */
  effectiveFor(subject: LimitSubject): EffectiveLimits
  /** The limits of one subject as they are listed. */
  get(scope: LimitScope, subjectId: string): SubjectLimitsView
  /** By scope and subject, or by the last change; every role is there, of the others those that have limits. */
  list(filter: ListFilter): LimitsPage
  /** The limits of one subject as they will be listed once these are taken over. */
  viewWith(input: LimitsUpdateInput, updatedAt: number): SubjectLimitsView
  /** Limits that are on disk by now hold from the next request on. The input was parsed by `limitsUpdateInput`. */
  takeOver(input: LimitsUpdateInput, updatedAt: number): void
}

export interface ListFilter {
  readonly scope?: LimitScope | undefined
  readonly subjectId?: string | undefined
  readonly sort?: LimitSort | undefined
  readonly direction?: Direction | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface LimitsPage {
  readonly rows: readonly SubjectLimitsView[]
  readonly nextCursor: string | null
  readonly total: number
}

interface SubjectRules {
  readonly scope: LimitScope
  readonly subjectId: string
  readonly rules: readonly LimitRule[]
  readonly updatedAt: number | null
}

type Subjects = Map<string, SubjectRules>

interface WorkedOut {
  readonly subject: LimitSubject
  readonly limits: EffectiveLimits
}

/** More keys than a gateway has in use at once; beyond it the limits are worked out again. */
const WORKED_OUT_MAX = 20_000
const SCOPES = limitScope.options

/** Throws where the limits cannot be read. */
export function createLimitBook(deps: { readonly repository: LimitRulesRepository }): LimitBook {
  const subjects: Subjects = new Map()
  const workedOut = new Map<string, WorkedOut>()

  for (const { updatedAt, ...rule } of deps.repository.all()) {
    const known = subjects.get(placeOf(rule.scope, rule.subjectId))
    const rules = [...(known?.rules ?? []), rule]
    remember(rule.scope, rule.subjectId, rules, Math.max(known?.updatedAt ?? 0, updatedAt))
  }

  function remember(
    scope: LimitScope,
    subjectId: string,
    rules: readonly LimitRule[],
    updatedAt: number,
  ): void {
    const place = placeOf(scope, subjectId)
    if (rules.length === 0) subjects.delete(place)
    else subjects.set(place, { scope, subjectId, rules, updatedAt })
  }

  function takeOver({ scope, subjectId, rules }: LimitsUpdateInput, updatedAt: number): void {
    const limitRules = rules.map((entry) => ({ scope, subjectId, ...entry }))
    remember(scope, subjectId, limitRules, updatedAt)
    workedOut.clear()
  }

  return {
    takeOver,
    get: (scope, subjectId) => toView(subjects.get(placeOf(scope, subjectId)), scope, subjectId),
    viewWith: ({ scope, subjectId, rules }, updatedAt) =>
      toView(rules.length === 0 ? undefined : { rules, updatedAt }, scope, subjectId),
    list: (filter) => toPage(subjects, filter),
    effectiveFor(subject) {
      const known = workedOut.get(subject.keyFamilyId)
      if (known && isSameOwner(known.subject, subject)) return known.limits
      const limits = decideEffectiveLimits(rulesFor(subjects, subject), subject)
      if (workedOut.size >= WORKED_OUT_MAX) workedOut.clear()
      workedOut.set(subject.keyFamilyId, { subject, limits })
      return limits
    },
  }
}

/** The shipped rules come first, so that an operator's rule for the same role wins over them. */
function rulesFor(subjects: Subjects, subject: LimitSubject): readonly LimitRule[] {
  const own = (scope: LimitScope, subjectId: string) => subjects.get(placeOf(scope, subjectId))?.rules ?? []
  return [
    ...SHIPPED_LIMITS,
    ...own('role', subject.role),
    ...(subject.planId === null ? [] : own('plan', subject.planId)),
    ...own('user', subject.userId),
    ...own('key', subject.keyFamilyId),
  ]
}

function toView(
  known: { readonly rules: readonly LimitEntry[]; readonly updatedAt: number | null } | undefined,
  scope: LimitScope,
  subjectId: string,
): SubjectLimitsView {
  const own = known?.rules ?? []
  const inherited = SHIPPED_LIMITS.filter(
    (shipped) =>
      shipped.scope === scope &&
      shipped.subjectId === subjectId &&
      !own.some((rule) => rule.metric === shipped.metric && rule.window === shipped.window),
  )
  return {
    scope,
    subjectId,
    rules: [...own.map((rule) => toEntry(rule, false)), ...inherited.map((rule) => toEntry(rule, true))],
    updatedAt: known?.updatedAt ?? null,
  }
}

function toPage(subjects: Subjects, filter: ListFilter): LimitsPage {
  const { scope, subjectId, cursor, sort = 'scope', direction = 'asc', limit } = filter
  const everyPlace = new Set([...role.options.map((name) => placeOf('role', name)), ...subjects.keys()])
  const matching = [...everyPlace].filter(
    (place) =>
      (scope === undefined || scopeAt(place) === scope) &&
      (subjectId === undefined || subjectAt(place) === subjectId),
  )
  const changedAt = (place: string): number =>
    sort === 'updatedAt' ? (subjects.get(place)?.updatedAt ?? 0) : 0
  const way = direction === 'asc' ? 1 : -1
  const compare = (one: string, other: string): number =>
    way * (changedAt(one) - changedAt(other) || Number(one > other) - Number(one < other))
  const following = matching
    .filter((place) => cursor === undefined || compare(place, cursor) > 0)
    .sort(compare)
  const shown = following.slice(0, limit)
  return {
    rows: shown.map((place) => toView(subjects.get(place), scopeAt(place), subjectAt(place))),
    nextCursor: following.length > limit ? (shown.at(-1) ?? null) : null,
    total: matching.length,
  }
}

/** `<scope>.<subject>`, which decides between equals; also the cursor of the list's pages. */
const placeOf = (scope: LimitScope, subjectId: string): string => `${SCOPES.indexOf(scope)}.${subjectId}`
// A place begins with the one digit of its scope.
const scopeAt = (place: string): LimitScope => SCOPES[Number(place[0])] ?? 'role'
const subjectAt = (place: string): string => place.slice(2)

const isSameOwner = (one: LimitSubject, other: LimitSubject): boolean =>
  one.userId === other.userId && one.role === other.role && one.planId === other.planId

const toEntry = ({ metric, window, value }: LimitEntry, isShipped: boolean) => ({
  metric,
  window,
  value,
  isShipped,
})
