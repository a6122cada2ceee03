// The models of an upstream as they are typed: one on a line, `name` or `name = name there`.
import type { CallOutput } from '../../../../contract/catalogue.ts'

type ServedModels = NonNullable<CallOutput<'upstreams.list'>['rows'][number]['models']>

export const servedModelsText = (models: ServedModels | null): string =>
  (models ?? [])
    .map(({ model, upstreamModel }) => (upstreamModel === undefined ? model : `${model} = ${upstreamModel}`))
    .join('\n')

/** Null for no line at all, which stands for every model; undefined where a line is neither of the two, or a model stands twice. */
export function parseServedModels(text: string): ServedModels | null | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length === 0) return null
  const models: ServedModels = []
  for (const line of lines) {
    const [model = '', upstreamModel, ...rest] = line.split('=').map((name) => name.trim())
    if (model === '' || upstreamModel === '' || rest.length > 0) return undefined
    models.push(upstreamModel === undefined ? { model } : { model, upstreamModel })
  }
  return new Set(models.map(({ model }) => model)).size === models.length ? models : undefined
}
