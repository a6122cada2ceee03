// How the upstream takes one planned request: what it says, what it reports, and where it breaks.
import type { Scenario } from '../../../server/demo-upstream/demo-upstream.ts'
import type { Dialect } from './asking.ts'
import type { Seeded } from './seeded.ts'

export interface UpstreamPlan {
  readonly scenario: Scenario
  /** Bytes of the text that one choice of a whole answer carries. */
  readonly textBytes: number
  /** Bytes of the reasoning that a response shows where it is asked to. */
  readonly summaryBytes: number
  readonly searches: number
  readonly isStalled: boolean
  /** Whether everything beyond ASCII is escaped in its streams, as many servers do. */
  readonly isEscaped: boolean
}

const TEXTS = [
  'A moon gate is a round opening in a garden wall.',
  'First line.\nSecond line,\ttabbed, with "quotes" and a \\ backslash.\u0001',
  '月亮门是园林围墙上的圆形开口，象征团圆。',
  'Grüße 🌕🌖 aus dem Garten, naïve façade.',
  'one',
] as const
const SUMMARY = 'Thought about it.'

type Kind =
  | 'as_usual'
  | 'usage'
  | 'above_hold'
  | 'cut'
  | 'stalled'
  | 'error_status'
  | 'no_answer'
  | 'error_event'

export function planUpstream(seeded: Seeded, dialect: Dialect, isStream: boolean): UpstreamPlan {
  const searches = dialect === 'responses' && seeded.percent(8) ? seeded.int(1, 3) : 0
  const said = planAnswer(seeded, searches)
  const kind = seeded.weighted<Kind>([
    [42, 'as_usual'],
    [17, 'usage'],
    [3, 'above_hold'],
    [16, 'cut'],
    [0.7, 'stalled'],
    [8, 'error_status'],
    [4, 'no_answer'],
    [8, 'error_event'],
  ])
  return {
    scenario: {
      answer: said.answer,
      delays: planDelays(seeded, isStream),
      ...planFault(seeded, kind, dialect, isStream),
    },
    textBytes: said.textBytes,
    summaryBytes: said.answer.reasoningTokens > 0 ? Buffer.byteLength(SUMMARY) : 0,
    searches,
    isStalled: kind === 'stalled',
    isEscaped: seeded.percent(25),
  }
}

function planAnswer(seeded: Seeded, webSearches: number) {
  const reasoningTokens = seeded.percent(30) ? seeded.int(1, 200) : 0
  const thought = { reasoningTokens, reasoningSummary: SUMMARY, webSearches }
  if (seeded.percent(20)) {
    const input = `{"path":"notes ${seeded.int(1, 99)}.txt","text":"line\\n"}`
    const call = seeded.percent(40) ? { name: 'patch', input } : { name: 'read', arguments: input }
    return { answer: { ...thought, toolCalls: [call] }, textBytes: Buffer.byteLength(input) }
  }
  const text = seeded.pick(TEXTS).repeat(seeded.int(1, 3))
  const pieces = seeded.percent(20) ? ('whole' as const) : ('words' as const)
  return { answer: { ...thought, text, pieces }, textBytes: Buffer.byteLength(text) }
}

export function planDelays(seeded: Seeded, isStream: boolean): NonNullable<Scenario['delays']> {
  if (!isStream) return { beforeHeadersMs: seeded.int(0, 15) }
  return seeded.percent(30)
    ? { betweenEventsMs: seeded.int(1, 2) }
    : { silence: { afterEvents: seeded.int(0, 8), ms: seeded.int(1, 12) } }
}

function planFault(seeded: Seeded, kind: Kind, dialect: Dialect, isStream: boolean): Scenario {
  switch (kind) {
    case 'as_usual':
      return {}
    case 'usage':
      return planUsage(seeded, dialect, isStream)
    case 'above_hold':
      // Possible for the model, and more than the request allowed.
      return { usage: (usage) => ({ ...usage, [outputName(dialect)]: seeded.int(9_000, 12_000) }) }
    case 'cut':
      return { cut: planBreak(seeded, isStream), cutBy: planCutBy(seeded, isStream) }
    case 'stalled':
      return { stall: planStall(seeded, isStream) }
    case 'error_status':
      return planErrorStatus(seeded)
    case 'no_answer':
      return planNoAnswer(seeded)
    case 'error_event':
      return planErrorEvent(seeded, dialect)
  }
}

export const planErrorStatus = (seeded: Seeded): Scenario => ({
  error: seeded.pick([400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504]),
})

export const planNoAnswer = (seeded: Seeded): Scenario =>
  seeded.pick<Scenario>([
    { body: '<html>Bad gateway</html>', status: 502 },
    { body: '<html>Welcome</html>', status: 200 },
    { body: { error: { message: 'No.', type: 'server_error', code: null, param: null } }, status: 200 },
    { body: '', status: 200 },
  ])

const outputName = (dialect: Dialect) => (dialect === 'chat' ? 'completion_tokens' : 'output_tokens')
const inputName = (dialect: Dialect) => (dialect === 'chat' ? 'prompt_tokens' : 'input_tokens')

function planUsage(seeded: Seeded, dialect: Dialect, isStream: boolean): Scenario {
  const details = dialect === 'chat' ? 'prompt_tokens_details' : 'input_tokens_details'
  const cached = seeded.int(1, 4_000)
  return seeded.pick<Scenario>([
    { usage: () => undefined },
    { usage: () => null },
    { usage: () => ({}) },
    { usage: () => ({ [inputName(dialect)]: 0, [outputName(dialect)]: 0, total_tokens: 0 }) },
    { usage: () => ({ [inputName(dialect)]: 3e9, [outputName(dialect)]: 3e9, total_tokens: 6e9 }) },
    { usage: (usage) => ({ ...usage, [details]: { cached_tokens: cached, cache_write_tokens: 7 } }) },
    { usage: (usage) => ({ ...usage, [outputName(dialect)]: -5 }) },
    { usage: (usage) => ({ ...usage, [inputName(dialect)]: 10.25 }) },
    { usage: (usage) => ({ ...usage, [inputName(dialect)]: '12' }) },
    { usage: () => ({ [inputName(dialect)]: 5, [outputName(dialect)]: 6, total_tokens: 1_000_000 }) },
    ...(isStream ? [{ usageOn: 'every_event' } as const, { usageOn: 'twice' } as const] : []),
  ])
}

export function planBreak(seeded: Seeded, isStream: boolean): NonNullable<Scenario['cut']> {
  if (seeded.percent(20)) return 'before_headers'
  if (seeded.percent(20)) return 'after_headers'
  if (!isStream) return { afterBytes: seeded.int(1, 300) }
  return seeded.percent(60) ? { afterEvents: seeded.int(1, 14) } : { afterBytes: seeded.int(1, 4_000) }
}

/** A body of a known length that ends early leaves its connection open, and everyone waiting. */
export const planCutBy = (seeded: Seeded, isStream: boolean) =>
  isStream ? seeded.pick(['close', 'reset', 'end'] as const) : seeded.pick(['close', 'reset'] as const)

export const planStall = (seeded: Seeded, isStream: boolean): NonNullable<Scenario['stall']> =>
  isStream && seeded.percent(60)
    ? { afterEvents: seeded.int(3, 6) }
    : seeded.pick(['before_headers', 'after_headers'])

function planErrorEvent(seeded: Seeded, dialect: Dialect): Scenario {
  const afterEvents = seeded.int(0, 12)
  if (dialect === 'chat' || seeded.percent(50)) return { streamError: { afterEvents, as: 'error' } }
  const usage = seeded.percent(50)
    ? { input_tokens: seeded.int(1, 300), output_tokens: seeded.int(0, 300), total_tokens: 1 }
    : null
  return { streamError: { afterEvents, as: 'response.failed', usage } }
}
