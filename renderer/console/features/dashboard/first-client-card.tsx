// Connect your first client: a key, a command to paste, and the wait for the first request. Shown until that has come.

import { KeyRound, UserPlus } from 'lucide-react'
import { Link } from 'wouter'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { useGatewayAddress } from '../../../client/gateway-address.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Button } from '../../../kit/button.tsx'
import { CodeBlock, CopyLine } from '../../../kit/literals.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { Rail } from '../../../kit/rail.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import styles from './first-client.module.css'
import { firstRequest, sampleModel } from './first-request.ts'
import { useWords } from './words.ts'

export function FirstClientCard() {
  const t = useWords()
  const me = useMe()
  const create = useChange('keys.create', ['keys.list'])
  const secret = create.data?.secret
  const address = useGatewayAddress()
  const model = useSampleModel()
  const makeKey = () => create.mutate({ name: t('keyName'), userId: me.id })
  return (
    <Section title={t('cardTitle')} meta={t('cardMeta')}>
      <PanelBody>
        <div className={styles['card']}>
          <Rail
            steps={[
              {
                name: 'key',
                status: secret === undefined ? 'info' : 'ok',
                title: t('stepKey'),
                text: (
                  <div className={styles['part']}>
                    <p>{t('stepKeyText')}</p>
                    {secret === undefined ? (
                      <span className="row g8 wrap">
                        <Button kind="primary" onClick={makeKey} isWorking={create.isPending}>
                          <KeyRound size={14} aria-hidden="true" />
                          {t('createKey')}
                        </Button>
                        <Link className="btn secondary" href={`${CONSOLE_PATHS.users}?invite=1`}>
                          <UserPlus size={14} aria-hidden="true" />
                          {t('invite')}
                        </Link>
                      </span>
                    ) : (
                      <CopyLine text={secret} what={t('key')} />
                    )}
                    <FailureNote error={create.error} />
                  </div>
                ),
              },
              {
                name: 'paste',
                status: secret === undefined ? 'off' : 'info',
                title: t('stepPaste'),
                text: (
                  <div className={styles['part']}>
                    <p>{t('stepPasteText')}</p>
                    {address === undefined || model === undefined ? undefined : (
                      <CodeBlock where={t('shell')} text={firstRequest(address, secret, model)} />
                    )}
                  </div>
                ),
              },
              {
                name: 'wait',
                status: 'off',
                title: t('stepWait'),
                text: t('stepWaitText'),
              },
            ]}
          />
        </div>
      </PanelBody>
    </Section>
  )
}

function useSampleModel(): string | undefined {
  const status = useAsk('setup.status', {})
  const models = useAsk('models.list', {})
  if (status.data === undefined || models.data === undefined) return undefined
  return sampleModel(models.data.rows, status.data.upstream.kind === 'demo')
}
