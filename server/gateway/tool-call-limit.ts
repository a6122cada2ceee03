// Lowers the calls that the hosted tools of a response may make in all to what its hold pays for. It is a limit that upstreams
// keep (OpenAI API reference, `max_tool_calls`), as the output limit is.
import type { BodyFacts } from './body-facts.ts'
import type { MeteredEndpoint } from './endpoints.ts'
import { additionOf, type JsonObjectScan, memberOf, type Splice } from './json-scan.ts'

const NAME = 'max_tool_calls'

/** The value of a member, in place of the one that is there, or added. */
export function memberSplice(scan: JsonObjectScan, name: string, json: string): Splice {
  const member = memberOf(scan, name)
  return member
    ? { start: member.valueStart, end: member.valueEnd, text: json }
    : additionOf(scan, `"${name}":${json}`)
}

export const callLimitSplice = (scan: JsonObjectScan, calls: number): Splice =>
  memberSplice(scan, NAME, String(calls))

/** These edits, with this limit instead of the one that may be among them. */
export function withCallLimit(
  scan: JsonObjectScan,
  edits: readonly Splice[],
  calls: number,
): readonly Splice[] {
  const member = memberOf(scan, NAME)
  const isLimit = ({ start, text }: Splice) =>
    member ? start === member.valueStart : text.includes(`"${NAME}":`)
  return [...edits.filter((edit) => !isLimit(edit)), callLimitSplice(scan, calls)]
}

/** All that are asked for, then a share of them at a time, down to one. Only a response has the limit. */
export function callsToTry(
  { dialect }: Pick<MeteredEndpoint, 'dialect'>,
  { toolCallsMax, hosted }: Pick<BodyFacts, 'toolCallsMax' | 'hosted'>,
  shareParts: number,
): readonly number[] {
  const tries = [toolCallsMax]
  if (dialect !== 'responses' || hosted.places.size === 0) return tries
  for (let calls = toolCallsMax; calls > 1; tries.push(calls))
    calls = Math.max(1, Math.floor(calls / Math.max(2, shareParts)))
  return tries
}
