// Connect your first client: a key, a balance, a command to paste, and the wait for the first request. Shown until that has come.

import { Coins, KeyRound, UserPlus } from 'lucide-react'
import { Link } from 'wouter'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import { useGatewayAddress } from '../../../client/gateway-address.ts'
import { useAsk, useChange } from '../../../client/hooks.ts'
import { useMe } from '../../../frame/session.ts'
import { Money } from '../../../kit/amounts.tsx'
import { Button } from '../../../kit/button.tsx'
import { CodeBlock, CopyLine } from '../../../kit/literals.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { Rail } from '../../../kit/rail.tsx'
import { FailureNote } from '../../../kit/states.tsx'
import { Sentence } from '../../../words/sentence.tsx'
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
  const own = useAsk('me.overview', {})
  const hasBalance = (own.data?.availableNanoUsd ?? 0) > 0
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
                name: 'balance',
                status: hasBalance ? 'ok' : 'info',
                title: t('stepBalance'),
                text: <OwnBalance availableNanoUsd={own.data?.availableNanoUsd} />,
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

const FIRST_TOP_UP_NANO_USD = 5_000_000_000

/** Without a balance the first request would be refused; an administrator gives themselves a little here. */
function OwnBalance({ availableNanoUsd }: { readonly availableNanoUsd: number | undefined }) {
  const t = useWords()
  const me = useMe()
  const give = useChange('users.adjustBalance', ['me.overview', 'dashboard.get'])
  if (availableNanoUsd === undefined) return null
  if (availableNanoUsd > 0) {
    return (
      <Sentence
        text={t('balanceText')}
        parts={{ amount: <Money nanoUsd={availableNanoUsd} kind="left" /> }}
      />
    )
  }
  const giveSome = () =>
    give.mutate({ userId: me.id, amountNanoUsd: FIRST_TOP_UP_NANO_USD, kind: 'gift', note: t('giveNote') })
  return (
    <div className={styles['part']}>
      <p>{t('noBalanceText')}</p>
      <span className="row g8 wrap">
        <Button kind="secondary" onClick={giveSome} isWorking={give.isPending}>
          <Coins size={14} aria-hidden="true" />
          <Sentence
            text={t('giveSome')}
            parts={{ amount: <Money nanoUsd={FIRST_TOP_UP_NANO_USD} kind="balance" /> }}
          />
        </Button>
      </span>
      <FailureNote error={give.error} />
    </div>
  )
}

function useSampleModel(): string | undefined {
  const status = useAsk('setup.status', {})
  const models = useAsk('models.list', {})
  if (status.data === undefined || models.data === undefined) return undefined
  return sampleModel(models.data.rows, status.data.upstream.kind === 'demo')
}
