// The ledger light at the foot of the side bar: whether the books are right, and when that was found out; neither
// while the gateway cannot be reached.
import { Link } from 'wouter'
import type { CallOutput } from '../../../contract/catalogue.ts'
import { CONSOLE_PATHS } from '../../../contract/page-paths.ts'
import { useAsk } from '../../client/hooks.ts'
import { useIsAway } from '../../frame/reach.ts'
import { Shape, type Status } from '../../kit/shape.tsx'
import { absoluteTime } from '../../kit/times.ts'
import { useAppearance } from '../../state/appearance.ts'
import { sinceText } from './since-text.ts'
import { useShellWords } from './words.ts'

type State = CallOutput<'ledger.status'>['state']

const SHAPES: Readonly<Record<State, Status>> = { ok: 'ok', checking: 'info', wrong: 'bad', never: 'off' }

export function LedgerLight() {
  const t = useShellWords()
  const { language } = useAppearance()
  const { data } = useAsk('ledger.status', {})
  const isAway = useIsAway()
  if (data === undefined) return null
  const { state, checkedAt } = data
  const text = t(isAway ? 'ledgerUnknown' : `ledger_${state}`)
  return (
    <Link className="ledger" href={CONSOLE_PATHS.system} data-tip={text}>
      <Shape status={isAway ? 'off' : SHAPES[state]} />
      <span className="grow gl">{text}</span>
      {checkedAt === null || isAway ? undefined : (
        <time
          className="meta num gl"
          dateTime={new Date(checkedAt).toISOString()}
          title={absoluteTime(checkedAt, language)}
        >
          {sinceText(checkedAt, Date.now(), language)}
        </time>
      )}
    </Link>
  )
}
