// What a connection test found: how far it came as a rail, and beside it what to do, or the models that are there.

import type { CallOutput } from '../../../../contract/catalogue.ts'
import { Button } from '../../../kit/button.tsx'
import { Mono } from '../../../kit/literals.tsx'
import { Rail } from '../../../kit/rail.tsx'
import { Shape } from '../../../kit/shape.tsx'
import { Sentence } from '../../../words/sentence.tsx'
import { useUpstreamProblemWords } from '../../../words/upstream-problems/upstream-problem-words.ts'
import { stageOf, stagesOf } from './connection-stages.ts'
import styles from './set-up.module.css'
import { useWords } from './words.ts'

type Result = CallOutput<'upstreams.test'>
const MODELS_SHOWN = 12

interface ConnectionResultProps {
  readonly result: Result
  readonly baseUrl: string
  /** Takes the address that answered where this one did not. */
  readonly onUse: (baseUrl: string) => void
  readonly onGoOn: () => void
}

export function ConnectionResult({ result, baseUrl, onUse, onGoOn }: ConnectionResultProps) {
  const t = useWords()
  const { problem, isWorking, modelCount, durationMs } = result
  const headline =
    problem === null ? t('testPassed', { count: modelCount }) : t(`stopped_${stageOf(problem.code)}`)
  return (
    <section className={styles['result']} aria-label={t('testResult')}>
      <div className={`${styles['verdict']} note ${isWorking ? 'ok' : 'bad'}`} role="status">
        <Shape status={isWorking ? 'ok' : 'bad'} />
        <b className="b grow">{headline}</b>
        <span className="num">{t('took', { ms: durationMs })}</span>
      </div>
      <div className={styles['found']}>
        <Rail
          steps={stagesOf(problem?.code, /^https:/i.test(baseUrl)).map(({ stage, status }) => ({
            name: stage,
            status,
            title: t(`stage_${stage}`),
            ...(status === 'off' ? { text: t('notTried') } : {}),
          }))}
        />
        <div className={styles['advice']}>
          {problem === null ? <Models result={result} /> : <Advice {...{ problem, result, onUse, onGoOn }} />}
        </div>
      </div>
    </section>
  )
}

interface AdviceProps {
  readonly problem: NonNullable<Result['problem']>
  readonly result: Result
  readonly onUse: (baseUrl: string) => void
  readonly onGoOn: () => void
}

function Advice({ problem, result: { suggestedBaseUrl }, onUse, onGoOn }: AdviceProps) {
  const t = useWords()
  const words = useUpstreamProblemWords()
  return (
    <>
      <p>{words(problem)}</p>
      {suggestedBaseUrl === null ? undefined : (
        <>
          <p>
            <Sentence text={t('answersAt')} parts={{ address: <Mono>{suggestedBaseUrl}</Mono> }} />
          </p>
          <Button size="sm" onClick={() => onUse(suggestedBaseUrl)}>
            {t('useAddress')}
          </Button>
        </>
      )}
      <Button size="sm" kind="quiet" onClick={onGoOn}>
        {t('goOn')}
      </Button>
    </>
  )
}

function Models({ result: { models, modelCount } }: { readonly result: Result }) {
  const t = useWords()
  const shown = models.slice(0, MODELS_SHOWN)
  return (
    <>
      <ul className={styles['models']} aria-label={t('models')}>
        {shown.map((model) => (
          <li key={model}>
            <Mono>{model}</Mono>
          </li>
        ))}
      </ul>
      {modelCount > shown.length ? (
        <p className="meta">{t('moreModels', { count: modelCount - shown.length })}</p>
      ) : undefined}
    </>
  )
}
