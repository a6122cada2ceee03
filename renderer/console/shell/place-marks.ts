// Which places of the side bar carry a mark: those where something needs a person, by its gravest kind.
import type { Attention } from '../../../contract/operations/dashboard.ts'
import { CONSOLE_PATHS } from '../../../contract/page-paths.ts'

export type Mark = 'bad' | 'warn' | 'info'

const MARKS: Readonly<Record<Attention['kind'], readonly [path: string, mark: Mark]>> = {
  ledger_wrong: [CONSOLE_PATHS.system, 'bad'],
  upstream_missing: [CONSOLE_PATHS.settings, 'bad'],
  upstream_unhealthy: [CONSOLE_PATHS.settings, 'bad'],
  upstream_errors: [CONSOLE_PATHS.settings, 'warn'],
  possible_losses: [CONSOLE_PATHS.system, 'warn'],
  unpriced_models: [CONSOLE_PATHS.models, 'warn'],
  pending_approvals: [CONSOLE_PATHS.users, 'info'],
  failed_mails: [CONSOLE_PATHS.settings, 'warn'],
  low_balances: [CONSOLE_PATHS.users, 'warn'],
}
const GRAVITY: readonly Mark[] = ['bad', 'warn', 'info']

export function marksOf(attention: readonly Pick<Attention, 'kind'>[]): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>()
  for (const { kind } of attention) {
    const [path, mark] = MARKS[kind]
    const known = marks.get(path)
    if (known === undefined || GRAVITY.indexOf(mark) < GRAVITY.indexOf(known)) marks.set(path, mark)
  }
  return marks
}
