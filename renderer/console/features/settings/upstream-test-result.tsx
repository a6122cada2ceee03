// What a connection test found: that it works and with which models, or what is in the way.

import type { CallOutput } from '../../../../contract/catalogue.ts'
import { Button } from '../../../kit/button.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'
import { Note } from '../../../kit/states.tsx'
import { useUpstreamProblemWords } from '../../../words/upstream-problems/upstream-problem-words.ts'
import { useWords } from './words.ts'

interface UpstreamTestResultProps {
  readonly result: CallOutput<'upstreams.test'>
  readonly onUse: (baseUrl: string) => void
}

export function UpstreamTestResult({ result, onUse }: UpstreamTestResultProps) {
  const t = useWords()
  const kit = useKitWords()
  const problem = useUpstreamProblemWords()
  const { isWorking, modelCount, durationMs, suggestedBaseUrl, models } = result
  if (isWorking) {
    return (
      <Note status="ok">
        {t('testWorks', { count: modelCount, ms: durationMs })}
        {kit('sentenceGap')}
        <span className="mono">{models.slice(0, 5).join(', ')}</span>
      </Note>
    )
  }
  return (
    <Note
      status="bad"
      actions={
        suggestedBaseUrl === null ? undefined : (
          <Button size="sm" onClick={() => onUse(suggestedBaseUrl)}>
            {t('useSuggested', { url: suggestedBaseUrl })}
          </Button>
        )
      }
    >
      {result.problem === null ? t('testFailed') : problem(result.problem)}
    </Note>
  )
}
