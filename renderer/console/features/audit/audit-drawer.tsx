// One change beside the list: who, when, from where, on what, and each member as it was and as it is.
import { Link } from 'wouter'
import { userPath } from '../../../../contract/page-paths.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { CopyButton } from '../../../kit/copy.tsx'
import { Drawer } from '../../../kit/drawer.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Facts } from '../../../kit/page.tsx'
import { useOperationWords } from '../../../words/operations/operation-words.ts'
import styles from './audit.module.css'
import type { AuditRow } from './audit-table.tsx'
import { type Difference, differencesOf } from './difference.ts'
import { TARGETS } from './targets.ts'
import { MemberName, Value } from './value.tsx'
import { useWords } from './words.ts'

interface AuditDrawerProps {
  readonly row: AuditRow
  readonly onClose: () => void
  readonly onNarrow: (changes: { actor?: string; operation?: string; targetId?: string }) => void
}

export function AuditDrawer({ row, onClose, onNarrow }: AuditDrawerProps) {
  const t = useWords()
  const operation = useOperationWords()
  const { actorUserId, targetId } = row
  const differences = differencesOf(row.before, row.after)
  return (
    <Drawer title={operation(row.operation)} meta={<Mono>{row.operation}</Mono>} onClose={onClose}>
      <div className="rc">
        <Facts facts={useRowFacts(row)} />
        <div className={styles['more']}>
          {actorUserId === null ? undefined : (
            <Button size="sm" onClick={() => onNarrow({ actor: actorUserId })}>
              {t('onlyWho')}
            </Button>
          )}
          {targetId === null ? undefined : (
            <Button size="sm" onClick={() => onNarrow({ targetId })}>
              {t('onlyTarget')}
            </Button>
          )}
          <Button size="sm" onClick={() => onNarrow({ operation: row.operation })}>
            {t('onlyWhat')}
          </Button>
        </div>
      </div>
      <div className="rc">
        <h3>{t('change')}</h3>
        {differences.length === 0 ? <p className="sec">{t('noDifference')}</p> : undefined}
        <dl className={styles['differences']}>
          {differences.map((difference) => (
            <DifferenceLine key={difference.path} difference={difference} />
          ))}
        </dl>
        <p className="help">{t('noSecrets')}</p>
      </div>
    </Drawer>
  )
}

function DifferenceLine({ difference: { path, before, after } }: { readonly difference: Difference }) {
  const t = useWords()
  return (
    <div>
      <dt>
        <MemberName path={path} />
      </dt>
      {before === undefined ? undefined : (
        <dd className={styles['before']}>
          <span className="sr">{t('before')}</span>
          <span aria-hidden="true">−</span>
          <span>
            <Value path={path} value={before} />
          </span>
        </dd>
      )}
      {after === undefined ? undefined : (
        <dd className={styles['after']}>
          <span className="sr">{t('after')}</span>
          <span aria-hidden="true">+</span>
          <span>
            <Value path={path} value={after} />
          </span>
        </dd>
      )}
    </div>
  )
}

function useRowFacts({ actorEmail, actorUserId, createdAt, address, targetType, targetId }: AuditRow) {
  const t = useWords()
  const target = TARGETS.find((name) => name === targetType)
  return [
    {
      name: t('who'),
      value:
        actorUserId === null ? (
          t('nobody')
        ) : (
          <Link className="link" href={userPath(actorUserId)}>
            {actorEmail ?? actorUserId}
          </Link>
        ),
    },
    { name: t('when'), value: <Time atMs={createdAt} isAbsolute /> },
    { name: t('address'), value: <Mono>{address}</Mono> },
    {
      name: t('target'),
      value: (
        <span className="col">
          <span>{target === undefined ? targetType : t(`target_${target}`)}</span>
          {targetId === null ? undefined : <TargetId targetType={targetType} targetId={targetId} />}
        </span>
      ),
    },
  ]
}

function TargetId({ targetType, targetId }: { readonly targetType: string; readonly targetId: string }) {
  const t = useWords()
  return (
    <span className="row g4 top">
      {targetType === 'user' ? (
        <Link className="link" href={userPath(targetId)}>
          <Mono>{targetId}</Mono>
        </Link>
      ) : (
        <Mono>{targetId}</Mono>
      )}
      <CopyButton text={targetId} what={t('target')} />
    </span>
  )
}
