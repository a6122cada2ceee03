// Lowers the output limit of a body to what its hold pays for, by splicing; every other byte stays as it came.
import type { Dialect } from './endpoints.ts'
import { additionOf, type JsonMember, type JsonObjectScan, memberOf, type Splice } from './json-scan.ts'

/** The members that limit the output, the one to add where none is there first. */
const LIMITS_OF: Readonly<Record<Dialect, readonly string[]>> = {
  responses: ['max_output_tokens'],
  // The newer one takes effect on every model; models that reason refuse the older one.
  chat: ['max_completion_tokens', 'max_tokens'],
  completions: ['max_tokens'],
  // These have none, and are held whole or refused.
  compaction: [],
  input_tokens: [],
  embeddings: [],
  moderations: [],
  images: [],
  variations: [],
  transcriptions: [],
  translations: [],
  speech: [],
}

/**
 * The splices after which no limit in the body is above `outputTokens`, and one at least is there. A limit that is lower
 * already stays. `null` is as good as missing.
 */
export function outputLimitSplices(
  dialect: Dialect,
  scan: JsonObjectScan,
  body: Buffer,
  outputTokens: number,
): readonly Splice[] {
  const [preferred] = LIMITS_OF[dialect]
  if (preferred === undefined) throw new Error(`the output of ${dialect} cannot be limited`)
  const members = LIMITS_OF[dialect]
    .map((name) => memberOf(scan, name))
    .filter((member) => member !== undefined)
  const limits = members.filter((member) => textOf(member, body) !== 'null')
  if (limits.length > 0) {
    const tooHigh = limits.filter((member) => Number(textOf(member, body)) > outputTokens)
    return tooHigh.map((member) => replacing(member, outputTokens))
  }
  const empty = memberOf(scan, preferred)
  return [empty ? replacing(empty, outputTokens) : additionOf(scan, `"${preferred}":${outputTokens}`)]
}

const textOf = (member: JsonMember, body: Buffer): string =>
  body.toString('latin1', member.valueStart, member.valueEnd)

const replacing = (member: JsonMember, outputTokens: number): Splice => ({
  start: member.valueStart,
  end: member.valueEnd,
  text: String(outputTokens),
})
