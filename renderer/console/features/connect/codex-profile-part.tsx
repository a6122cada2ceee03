// Codex's profile on this machine: where, what would change, write it, undo it.
import type { DesktopOutput } from '../../../../contract/desktop.ts'
import { useDesktopAsk, useDesktopCall } from '../../../client/desktop.ts'
import { runCodexProfile } from '../../../frame/set-ups.ts'
import { Button } from '../../../kit/button.tsx'
import { CodeBlock, Mono } from '../../../kit/literals.tsx'
import { Shape } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, Note, SkeletonRows } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import styles from './connect.module.css'
import { type DifferentLine, lineDifference } from './line-difference.ts'
import { useWords } from './words.ts'

type ProfileView = DesktopOutput<'desktop.codexProfile'>
type Outcome = DesktopOutput<'desktop.undoCodexProfile'>['outcome']

const MARKS: Readonly<Record<DifferentLine['change'], string>> = { same: ' ', gone: '−', new: '+' }

export function CodexProfilePart({ model }: { readonly model: string }) {
  const profile = useDesktopAsk('desktop.codexProfile', { model })
  if (profile.isPending) return <SkeletonRows rows={3} />
  if (profile.isError) return <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
  return <Profile model={model} view={profile.data} />
}

function Profile({ model, view }: { readonly model: string; readonly view: ProfileView }) {
  const t = useWords()
  const { path, problem, current, proposed, undoing, backupFile } = view
  const write = useDesktopCall('desktop.writeCodexProfile', ['desktop.codexProfile'])
  const undo = useDesktopCall('desktop.undoCodexProfile', ['desktop.codexProfile'])
  const isWritten = current === proposed
  const outcome = [write, undo]
    .map(({ data }) => data?.outcome)
    .find((had) => had !== undefined && had !== 'done')
  const tell = (had: Outcome, text: string) => had === 'done' && toast({ text })
  if (problem !== null) {
    return (
      <>
        <Note status="warn">
          <Sentence text={t(`profileProblem_${problem}`)} parts={{ path: <Mono>{path}</Mono> }} />
        </Note>
        <CodeBlock text={proposed} where={path} />
      </>
    )
  }
  return (
    <>
      {isWritten ? (
        <p className="row g6">
          <Shape status="ok" />
          <span>{t('profileWritten')}</span>
        </p>
      ) : undefined}
      <figure className="code">
        <figcaption className={`ch ${styles.caption}`}>
          <span className="meta wrap">{path}</span>
          <span className="meta">{t(current === null ? 'profileNew' : 'profileOther')}</span>
        </figcaption>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
        <pre tabIndex={0} className={styles.difference}>
          {lineDifference(current, proposed).map(({ change, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines repeat, and none of them moves
            <span key={index} className={isWritten ? undefined : styles[change]}>
              {isWritten ? text : `${MARKS[change]} ${text}`}
            </span>
          ))}
        </pre>
      </figure>
      {isWritten ? <CodeBlock text={runCodexProfile()} where={t('where_terminal')} /> : undefined}
      <p className="help">
        {undoing === 'restores' ? (
          <Sentence text={t('profileBackup')} parts={{ path: <Mono>{backupFile}</Mono> }} />
        ) : (
          t('profileHelp')
        )}
      </p>
      <FailureNote error={write.error ?? undo.error} />
      {outcome === undefined ? undefined : (
        <Note status="warn">
          <Sentence
            text={t(outcome === 'changed_meanwhile' ? 'profileChanged' : `profileProblem_${outcome}`)}
            parts={{ path: <Mono>{path}</Mono> }}
          />
        </Note>
      )}
      <div className="row g8">
        {isWritten ? undefined : (
          <Button
            kind="primary"
            isWorking={write.isPending}
            onClick={() =>
              write.mutate(
                { model, seen: current },
                { onSuccess: ({ outcome: had }) => tell(had, t('profileWasWritten')) },
              )
            }
          >
            {t(current === null ? 'profileWrite' : 'profileReplace')}
          </Button>
        )}
        {undoing === null ? undefined : (
          <Button
            isWorking={undo.isPending}
            onClick={() =>
              undo.mutate({}, { onSuccess: ({ outcome: had }) => tell(had, t('profileWasUndone')) })
            }
          >
            {t(`profileUndo_${undoing}`)}
          </Button>
        )}
      </div>
    </>
  )
}
