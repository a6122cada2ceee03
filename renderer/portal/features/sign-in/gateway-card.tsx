// What the gateway says about itself to anybody: that it runs, at which address, and how a client gets there.
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { useAsk } from '../../../client/hooks.ts'
import { useIsAway } from '../../../frame/reach.ts'
import { CodeBlock, CopyLine, Mono } from '../../../kit/literals.tsx'
import { Shape } from '../../../kit/shape.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import {
  CLIENT_NAMES,
  codexCommand,
  curlCommand,
  KEY_PLACEHOLDER,
  MODEL_PLACEHOLDER,
} from './first-commands.ts'
import { useWords } from './words.ts'

export function GatewayCard() {
  const t = useWords()
  const { isError } = useAsk('auth.status', {})
  const isLost = useIsAway() || isError
  const baseUrl = `${window.location.origin}/v1`
  return (
    <section className="gateway" aria-labelledby="gateway">
      <h2 id="gateway" className="row g8">
        <Shape status={isLost ? 'bad' : 'ok'} />
        {t(isLost ? 'gatewayLost' : 'gatewayTitle')}
      </h2>
      <p className="sec">{t('gatewayText')}</p>
      <div className="field">
        <span className="lb">{t('baseUrl')}</span>
        <CopyLine text={baseUrl} what={t('baseUrl')} />
      </div>
      <CodeBlock where={CLIENT_NAMES.curl} text={curlCommand(baseUrl)} />
      <CodeBlock where={CLIENT_NAMES.codex} text={codexCommand(baseUrl)} />
      <p className="help">
        <Sentence
          text={t('keyHint')}
          parts={{
            key: <Mono>{KEY_PLACEHOLDER}</Mono>,
            model: <Mono>{MODEL_PLACEHOLDER}</Mono>,
            link: (
              <Link href={PORTAL_PATHS.connect} className="link">
                {t('connectLink')}
              </Link>
            ),
          }}
        />
      </p>
    </section>
  )
}
