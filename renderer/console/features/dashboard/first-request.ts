// The command that shows that everything works, and the model that it asks.
import type { CallOutput } from '../../../../contract/catalogue.ts'

const KEY_PLACEHOLDER = 'sk-cg-…'

type Model = Pick<CallOutput<'models.list'>['rows'][number], 'model' | 'price'>

/** A small one that has a price; of the demo upstream only what it has itself. */
export function sampleModel(models: readonly Model[], isDemo: boolean): string | undefined {
  const priced = models.filter(
    ({ model, price }) =>
      price !== null && (price.origin === 'demo') === isDemo && !/embed|image|audio|moderation/.test(model),
  )
  const small = priced.find(({ model }) => /mini|nano|small/.test(model))
  return (small ?? priced[0])?.model
}

export const firstRequest = (address: string, key: string | undefined, model: string): string =>
  `curl ${address}/v1/responses \\
  -H 'Authorization: Bearer ${key ?? KEY_PLACEHOLDER}' \\
  -H 'Content-Type: application/json' \\
  -d '{"model":"${model}","input":"Say hello."}'`
