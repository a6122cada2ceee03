// Directives: a prompt may carry `[[demo:name=value]]` to steer its own answer, for clients that no test can script.
// Several may stand in a prompt; one that means nothing is refused by name. docs/demo-upstream.md lists them all, and a
// test compares it with the table below.
import { DIRECTIVE } from './conversation.ts'
import type { Framing, Scenario } from './scenario.ts'

/** What a directive asks for, or what is wrong with its value. */
type Meaning = Scenario | string
type Directive = (value: string) => Meaning

// A prompt comes from outside, so everything that it may ask for has a bound.
const DELAY_MS_MAX = 60_000
const SILENCE_MS_MAX = 600_000
const TOKENS_MAX = 200_000
const HUGE_BYTES_MAX = 32 * 1024 * 1024
const SEARCHES_MAX = 20
const RETRY_AFTER_S_MAX = 3_600
const EVENTS_MAX = 100_000

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  // What is said
  say: (text) => ({ answer: { text } }),
  tokens: whole(0, TOKENS_MAX, (textTokens) => ({ answer: { textTokens } })),
  reasoning: whole(0, TOKENS_MAX, (reasoningTokens) => ({ answer: { reasoningTokens } })),
  search: whole(0, SEARCHES_MAX, (webSearches) => ({ answer: { webSearches } })),
  tool: (name) => ({ answer: { toolCalls: [{ name }] } }),
  huge: whole(1, HUGE_BYTES_MAX, (bytes) => ({
    answer: { text: 'x'.repeat(bytes), pieces: 'whole', ignoresOutputLimit: true },
  })),
  'over-limit': () => ({ answer: { ignoresOutputLimit: true } }),
  tier: (serviceTier) => ({ answer: { serviceTier } }),
  usage: oneOf(['missing', 'null', 'zero', 'absurd', 'every-event', 'twice'], (kind) => {
    if (kind === 'every-event') return { usageOn: 'every_event' }
    if (kind === 'twice') return { usageOn: 'twice' }
    return { usage: kind === 'null' ? null : kind }
  }),

  // When
  wait: whole(0, SILENCE_MS_MAX, (beforeHeadersMs) => ({ delays: { beforeHeadersMs } })),
  delay: whole(0, DELAY_MS_MAX, (betweenEventsMs) => ({ delays: { betweenEventsMs } })),
  silence: whole(0, SILENCE_MS_MAX, (ms) => ({ delays: { silence: { afterEvents: 3, ms } } })),
  'stall-after': whole(0, EVENTS_MAX, (afterEvents) => ({ stall: { afterEvents } })),

  // What goes wrong
  error: whole(400, 599, (error) => ({ error })),
  'retry-after': whole(0, RETRY_AFTER_S_MAX, (seconds) => ({ headers: { 'retry-after': String(seconds) } })),
  'html-error': whole(400, 599, (status) => ({ status, body: htmlError(status) })),
  'error-after': whole(0, EVENTS_MAX, (afterEvents) => ({ streamError: { afterEvents } })),
  'failed-after': whole(0, EVENTS_MAX, (afterEvents) => ({
    streamError: { afterEvents, as: 'response.failed' },
  })),
  'cut-after': whole(0, EVENTS_MAX, (afterEvents) => ({ cut: { afterEvents } })),
  'cut-before-headers': () => ({ cut: 'before_headers' }),
  'cut-by': oneOf(['close', 'reset', 'end'], (cutBy) => ({ cutBy })),

  // How it is sent
  framing: framings,
  encoding: oneOf(['gzip', 'br', 'deflate', 'zstd'], (contentEncoding) => ({ contentEncoding })),
}

export const DIRECTIVE_NAMES: readonly string[] = Object.keys(DIRECTIVES)

export type ScenarioInText = { readonly scenario: Scenario | undefined } | { readonly problem: string }

/** The scenario that a text asks for, undefined where it holds no directive. */
export function scenarioIn(text: string): ScenarioInText {
  let scenario: Scenario | undefined
  for (const match of text.matchAll(DIRECTIVE)) {
    const [rawName = '', ...rest] = (match[1] ?? '').split('=')
    const name = rawName.trim()
    const directive = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined
    if (!directive)
      return { problem: `Unknown directive '${name}'. Known ones are: ${DIRECTIVE_NAMES.join(', ')}.` }
    const meaning = directive(rest.join('=').trim())
    if (typeof meaning === 'string') return { problem: `The directive '${name}' takes ${meaning}.` }
    scenario = merged(scenario ?? {}, meaning)
  }
  return { scenario }
}

/** The last one wins, except that each `tool` directive adds a call. */
function merged(before: Scenario, added: Scenario): Scenario {
  const toolCalls = [...(before.answer?.toolCalls ?? []), ...(added.answer?.toolCalls ?? [])]
  return {
    ...before,
    ...added,
    answer: { ...before.answer, ...added.answer, toolCalls },
    delays: { ...before.delays, ...added.delays },
    framing: { ...before.framing, ...added.framing },
    headers: { ...before.headers, ...added.headers },
  }
}

function whole(min: number, max: number, meaning: (value: number) => Scenario): Directive {
  return (text) => {
    const value = Number(text)
    const fits = text !== '' && Number.isSafeInteger(value) && value >= min && value <= max
    return fits ? meaning(value) : `a whole number from ${min} to ${max}, not '${text}'`
  }
}

function oneOf<const T extends string>(choices: readonly T[], meaning: (value: T) => Scenario): Directive {
  return (text) => {
    const value = choices.find((choice) => choice === text)
    return value === undefined ? `one of ${choices.join(', ')}, not '${text}'` : meaning(value)
  }
}

const FRAMINGS: Readonly<Record<string, Framing>> = {
  crlf: { lineEnd: '\r\n' },
  cr: { lineEnd: '\r' },
  bom: { hasBom: true },
  comments: { comment: 'demo' },
  'no-space': { isWithoutSpace: true },
  'multi-line': { isMultiLine: true },
  'no-last-blank': { isLastBlankLineMissing: true },
  bytes: { writeBytes: 1 },
}

function framings(text: string): Meaning {
  let framing: Framing = {}
  for (const name of text.split(',')) {
    const one = Object.hasOwn(FRAMINGS, name.trim()) ? FRAMINGS[name.trim()] : undefined
    if (!one) return `one or more of ${Object.keys(FRAMINGS).join(', ')}, not '${text}'`
    framing = { ...framing, ...one }
  }
  return { framing }
}

const htmlError = (status: number): string =>
  `<html><head><title>${status}</title></head><body><h1>${status}</h1><p>A proxy in front of the upstream says so.</p></body></html>`
