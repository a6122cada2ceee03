// The field of the models that a key may use. Names may be typed freely, because aliases are names as well and prices may come
// later; one that has no price now is most likely a slip, and is named.
import { useAsk } from '../client/hooks.ts'
import { Combobox } from '../kit/combobox.tsx'
import { Field } from '../kit/field.tsx'
import { useKitWords } from '../kit/kit-words.ts'
import { Mono } from '../kit/literals.tsx'
import { Shape } from '../kit/shape.tsx'
import { TextArea } from '../kit/text-input.tsx'
import { Sentence } from '../words/sentence.tsx'
import { modelNames, unknownNames } from './narrowing.ts'
import { useApiKeyWords } from './words.ts'

interface ModelsFieldProps {
  /** One name a line. */
  readonly value: string
  readonly onChange: (value: string) => void
}

export function ModelsField({ value, onChange }: ModelsFieldProps) {
  const t = useApiKeyWords()
  const kit = useKitWords()
  const prices = useAsk('prices.list', {})
  const known = prices.data?.rows.map(({ model }) => model) ?? []
  const chosen = modelNames(value)
  // Until they are known, nothing is called unknown.
  const unknown = prices.data === undefined ? [] : unknownNames(chosen, known)
  return (
    <>
      <Field label={t('models')} constraint={kit('optional')} help={t('modelsHelp')}>
        <TextArea rows={2} value={value} spellCheck={false} onChange={onChange} />
      </Field>
      {unknown.length === 0 ? undefined : (
        <p className="help row g6 top" role="status">
          <Shape status="warn" />
          <span>
            <Sentence
              text={t('modelsUnknown', { count: unknown.length })}
              parts={{ models: <Mono>{unknown.join(', ')}</Mono> }}
            />
          </span>
        </p>
      )}
      <div>
        <Combobox
          label={t('modelAdd')}
          placeholder={t('modelAdd')}
          options={known
            .filter((name) => !chosen.includes(name))
            .map((name) => ({ value: name, label: name }))}
          value={null}
          onChange={(option) =>
            option === null ? undefined : onChange([...chosen, option.value].join('\n'))
          }
        />
      </div>
    </>
  )
}
