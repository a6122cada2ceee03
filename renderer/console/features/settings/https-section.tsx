// HTTPS as it is served now: its authority with the fingerprint to compare, its certificate, what is wrong, and a new authority.
import { useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk, useChange, useRefreshOn } from '../../../client/hooks.ts'
import { Time } from '../../../kit/amounts.tsx'
import { Button, ButtonLink } from '../../../kit/button.tsx'
import { ConfirmDialog } from '../../../kit/dialog.tsx'
import { CopyLine } from '../../../kit/literals.tsx'
import { Facts, PanelBody, Section } from '../../../kit/page.tsx'
import { type Status, StatusShape } from '../../../kit/shape.tsx'
import { ErrorState, FailureNote, Note, SkeletonRows } from '../../../kit/states.tsx'
import { toast } from '../../../kit/toast.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import styles from './settings.module.css'
import { useWords } from './words.ts'

type HttpsView = CallOutput<'https.get'>

/** Nothing while only HTTP is spoken. */
export function HttpsSection() {
  const t = useWords()
  const https = useAsk('https.get', {})
  useRefreshOn(['network.changed', 'settings.changed'], ['https.get'])
  if (https.data?.state === 'off') return undefined
  return (
    <div className={styles.wide}>
      <Section title={t('httpsNow')} meta={t('httpsMeta')}>
        <PanelBody>
          {https.isPending ? <SkeletonRows rows={3} /> : undefined}
          {https.isError ? (
            <ErrorState
              error={https.error}
              onRetry={() => void https.refetch()}
              isRetrying={https.isFetching}
            />
          ) : undefined}
          {https.data === undefined || https.isError ? undefined : <Served view={https.data} />}
        </PanelBody>
      </Section>
    </div>
  )
}

const SHAPES: Readonly<Record<HttpsView['state'], Status>> = {
  off: 'off',
  starting: 'info',
  ready: 'ok',
  failed: 'bad',
}

function Served({ view }: { readonly view: HttpsView }) {
  const t = useWords()
  const { state, problem, authority, leaf, uncovered } = view
  return (
    <div className="col g12">
      {problem === null ? undefined : <Note status="bad">{t(`httpsProblem_${problem}`)}</Note>}
      {uncovered.length === 0 ? undefined : (
        <Note status="warn">{t('httpsUncovered', { names: uncovered.join(', ') })}</Note>
      )}
      <Facts
        facts={[
          {
            name: t('httpsState'),
            value: (
              <StatusShape status={SHAPES[state]}>{state === 'off' ? '' : t(`https_${state}`)}</StatusShape>
            ),
          },
          ...(authority === null
            ? []
            : [
                { name: t('httpsAuthority'), value: authority.name },
                { name: t('httpsValid'), value: <Time atMs={authority.validUntil} /> },
              ]),
          ...(leaf === null
            ? []
            : [
                {
                  name: t('httpsLeaf'),
                  value: (
                    <Sentence text={t('httpsLeafText')} parts={{ until: <Time atMs={leaf.validUntil} /> }} />
                  ),
                },
                {
                  name: t('httpsSubjects'),
                  value: <code className="mono wrap">{leaf.subjects.join(', ')}</code>,
                },
              ]),
        ]}
      />
      {authority === null ? undefined : (
        <div className="field">
          <span className="lb">{t('httpsFingerprint')}</span>
          <CopyLine text={authority.fingerprint} what={t('httpsFingerprint')} />
        </div>
      )}
      <Actions authorityName={authority?.name} />
    </div>
  )
}

function Actions({ authorityName }: { readonly authorityName: string | undefined }) {
  const t = useWords()
  const [isAsking, setIsAsking] = useState(false)
  const replace = useChange('https.replaceAuthority', ['https.get', 'https.trust'])
  return (
    <div className="row g8 wrap">
      {authorityName === undefined ? undefined : (
        <ButtonLink href={CONSOLE_PATHS.connect}>{t('httpsConnect')}</ButtonLink>
      )}
      <Button onClick={() => setIsAsking(true)}>{t('httpsReplace')}</Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t('httpsReplaceTitle')}
        confirmLabel={t('httpsReplace')}
        {...(authorityName === undefined ? {} : { confirmName: authorityName })}
        isWorking={replace.isPending}
        error={<FailureNote error={replace.error} />}
        onConfirm={() =>
          replace.mutate(
            {},
            {
              onSuccess() {
                setIsAsking(false)
                toast({ text: t('httpsReplaced') })
              },
            },
          )
        }
      >
        {t('httpsReplaceText')}
      </ConfirmDialog>
    </div>
  )
}
