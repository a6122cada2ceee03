// Who may use which model, and what its charges are multiplied with beside the settings. Held in memory, asked with every
// request. A rule holds for the model's dated snapshots too, so that a denied model has no back door.

import type { ModelAccess } from '../../contract/model-rule.ts'
import type { Role } from '../../contract/operations/fields.ts'
import type { ModelRule, ModelRulesRepository } from '../db/repositories/models.ts'
import { ONE_MILLION, type PartsPerMillion } from '../ledger/money.ts'

export interface Asking {
  readonly userId: string
  readonly userRole: Role
}

export interface ModelRules {
  /** The rule of a model: its own, or that of the model it is a snapshot of; undefined for neither. */
  ruleOf(model: string): ModelRule | undefined
  isAllowed(model: string, by: Asking): boolean
  multiplierPpm(model: string): PartsPerMillion
  /** Every rule that was set, in the order of names. */
  all(): readonly ModelRule[]
  /** Stored before it returns, together with whatever `alsoWrite` writes. */
  set(rule: ModelRule, by: string | null, alsoWrite: () => void): void
}

/** `gpt-6.1-sol-2026-09-29` is a snapshot of `gpt-6.1-sol`. */
const SNAPSHOT = /-\d{4}-\d{2}-\d{2}$/

export function createModelRules({
  repository,
  clock,
}: {
  readonly repository: ModelRulesRepository
  readonly clock: { now(): number }
}): ModelRules {
  const rules = new Map(repository.all().map((rule) => [rule.model, rule]))
  const ruleOf = (model: string): ModelRule | undefined =>
    rules.size === 0 ? undefined : (rules.get(model) ?? rules.get(model.replace(SNAPSHOT, '')))

  return {
    ruleOf,
    isAllowed(model, by) {
      const rule = ruleOf(model)
      return rule === undefined || opensTo(rule.access, by)
    },
    multiplierPpm: (model) => ruleOf(model)?.multiplierPpm ?? ONE_MILLION,
    all: () => [...rules.values()].sort((one, other) => (one.model < other.model ? -1 : 1)),
    set(rule, by, alsoWrite) {
      repository.set(rule, by, clock.now(), alsoWrite)
      rules.set(rule.model, rule)
    },
  }
}

function opensTo(access: ModelAccess, by: Asking): boolean {
  switch (access.kind) {
    case 'everyone':
      return true
    case 'nobody':
      return false
    case 'role':
      return by.userRole === access.role
    case 'users':
      return access.userIds.includes(by.userId)
  }
}
