// Whether the gateway gives a client what it needs, tried with one real request or two.
import type { SelfTestCheck, SelfTestName } from '../../../../contract/desktop.ts'
import { useDesktopCall } from '../../../client/desktop.ts'
import { Button } from '../../../kit/button.tsx'
import { StatusShape } from '../../../kit/shape.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import styles from './connect.module.css'
import { useWords } from './words.ts'

const CHECKS: readonly SelfTestName[] = ['models', 'stream', 'usage', 'socket', 'compaction', 'heartbeat']

export function SelfTestPart({ model }: { readonly model: string }) {
  const t = useWords()
  const { mutate, data, error, isPending } = useDesktopCall('desktop.selfTest', [])
  return (
    <div className={styles.hereParts}>
      <div className="row sb g8">
        <h3 className="b">{t('selfTest')}</h3>
        <Button size="sm" isWorking={isPending} onClick={() => mutate({ model })}>
          {t(data === undefined ? 'selfTestRun' : 'selfTestAgain')}
        </Button>
      </div>
      <p className="help">{t('selfTestHelp')}</p>
      <FailureNote error={error} />
      <ul className="col g8" aria-label={t('selfTest')} aria-busy={isPending}>
        {CHECKS.map((name) => (
          <Check
            key={name}
            name={name}
            check={isPending ? undefined : data?.checks.find((check) => check.name === name)}
          />
        ))}
      </ul>
    </div>
  )
}

interface CheckProps {
  readonly name: SelfTestName
  /** Undefined until it was tried. */
  readonly check: SelfTestCheck | undefined
}

function Check({ name, check }: CheckProps) {
  const t = useWords()
  const title = t(`check_${name}`)
  if (check === undefined)
    return (
      <li className={styles.check}>
        <StatusShape status="off">{title}</StatusShape>
      </li>
    )
  const hasPassed = check.outcome === 'passed'
  return (
    <li className={styles.check}>
      <StatusShape status={hasPassed ? 'ok' : 'bad'}>{title}</StatusShape>
      <span className={hasPassed ? 'meta num' : 'help wrap'}>
        {hasPassed ? t(`passed_${name}`, { count: Number(check.detail) }) : check.detail}
      </span>
    </li>
  )
}
