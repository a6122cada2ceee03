// Decides what the demo model answers: by script where a test gave one, else from the conversation.

import { type Conversation, type OfferedTool, type Task, taskOf } from './conversation.ts'
import { asObject, asString, parseJson } from './json.ts'
import type { DemoModel } from './models.ts'
import { PHRASES } from './phrases.ts'
import type { AnswerScript, ScriptedToolCall } from './scenario.ts'
import { sampleOf } from './schema-sample.ts'
import { callOf, decideToolCalls, type ToolCall } from './tool-choice.ts'
import { fillerOf, shortened, takeTokens, tokensOf } from './words.ts'

export type AnswerPart =
  | { readonly kind: 'reasoning'; readonly tokens: number; readonly summary: string }
  | { readonly kind: 'web_search'; readonly query: string }
  | { readonly kind: 'text'; readonly text: string; readonly source: string | undefined }
  | { readonly kind: 'tool_call'; readonly call: ToolCall }
  | { readonly kind: 'compaction'; readonly text: string }

export interface Answer {
  readonly parts: readonly AnswerPart[]
  /** Cut short by the output limit. */
  readonly isIncomplete: boolean
  readonly outputTokens: number
  /** Part of `outputTokens`. */
  readonly reasoningTokens: number
  readonly webSearches: number
}

export interface AnswerRequest {
  readonly conversation: Conversation
  readonly model: DemoModel
  readonly inputTokens: number
  readonly reasoningEffort: string | undefined
  readonly outputTokensMax: number | undefined
  readonly stop: readonly string[]
  /** Which of several choices this is, where several were asked for. */
  readonly choice: number | undefined
}

export function composeAnswer(request: AnswerRequest, script: AnswerScript | undefined): Answer {
  const task = taskOf(request.conversation.turns)
  const parts = script
    ? scriptedParts(script, request, task)
    : [...reasoningPart(request, task), ...usualParts(request, task)]
  const asked = request.outputTokensMax ?? request.model.maxOutputTokens
  const limit =
    script?.ignoresOutputLimit === true
      ? Number.MAX_SAFE_INTEGER
      : Math.min(asked, request.model.maxOutputTokens)
  return limited(parts, limit)
}

// --- the default answer

function usualParts(request: AnswerRequest, task: Task): readonly AnswerPart[] {
  const calls = decideToolCalls(request.conversation, task)
  if (calls.length > 0) return calls.map((call) => ({ kind: 'tool_call', call }))
  if (isSearchAsked(request.conversation, task)) {
    const query = shortened(task.prompt, 80)
    return [
      { kind: 'web_search', query },
      textPart(PHRASES[task.language].searched(query), 'https://example.com/'),
    ]
  }
  return [textPart(stoppedAt(plainText(request, task), request.stop))]
}

const textPart = (text: string, source?: string): AnswerPart => ({ kind: 'text', text, source })

function plainText(request: AnswerRequest, task: Task): string {
  const phrases = PHRASES[task.language]
  const { conversation } = request
  if (task.toolOutputs.length > 0) return toolText(task)
  if (conversation.outputSchema) {
    return JSON.stringify(
      sampleOf(conversation.outputSchema, { prompt: task.prompt, known: {} }) ?? { answer: 'demo' },
    )
  }
  const counted = countIn(task.prompt)
  if (counted !== undefined) return phrases.counted(numbersTo(counted, task.language === 'zh' ? '，' : ', '))
  return phrases.introduction({
    quote: shortened(task.prompt, 160),
    promptTokens: request.inputTokens,
    earlierTurns: task.earlierTurns,
    toolNames: conversation.tools.map((tool) => tool.name),
    model: request.model.name,
    canRunCommands: conversation.tools.length > 0,
    isOneOfMany: request.choice,
  })
}

const COUNT_MAX = 500

function countIn(prompt: string): number | undefined {
  const match = /\bcount (?:from 1 )?to (\d{1,4})\b|(?:从\s*1\s*)?数到\s*(\d{1,4})/i.exec(prompt)
  const wanted = Number(match?.[1] ?? match?.[2] ?? 0)
  return wanted >= 1 ? Math.min(wanted, COUNT_MAX) : undefined
}

const numbersTo = (last: number, separator: string): string =>
  Array.from({ length: last }, (_, at) => String(at + 1)).join(separator)

const isSearchAsked = ({ offersWebSearch, toolChoice }: Conversation, task: Task): boolean =>
  offersWebSearch &&
  toolChoice !== 'none' &&
  task.toolOutputs.length === 0 &&
  /\bsearch (?:the )?(?:web|internet|online)\b|\blook (?:it )?up online\b|上网|联网|网上搜|搜索网/i.test(
    task.prompt,
  )

const OUTPUT_CHARACTERS_MAX = 2_000

function toolText(task: Task): string {
  const phrases = PHRASES[task.language]
  const names = [...new Set(task.toolOutputs.map((turn) => turn.toolName ?? 'tool'))]
  const read = task.toolOutputs.map((turn) => readOutput(turn.text))
  const output = read
    .map((one) => one.text.trim())
    .filter((text) => text !== '')
    .join('\n')
  const exitCode = read.findLast((one) => one.exitCode !== undefined)?.exitCode
  return output === ''
    ? phrases.toolSilence(names, exitCode)
    : phrases.toolResult(names, shortened(output, OUTPUT_CHARACTERS_MAX), exitCode)
}

/** Takes what a command printed out of the report that Codex wraps around it, in either of its forms. */
function readOutput(text: string): { readonly text: string; readonly exitCode: number | undefined } {
  const json = asObject(text.startsWith('{') ? parseJson(text) : undefined)
  const wrapped = asString(json?.output)
  if (wrapped !== undefined) {
    const code = asObject(json?.metadata)?.exit_code
    return { text: wrapped, exitCode: typeof code === 'number' ? code : undefined }
  }
  const code = /(?:exited with code|Exit code:?) (-?\d+)/i.exec(text.slice(0, 2_000))?.[1]
  const report = /^(?:Chunk ID|Wall time|Script completed|Exit code|Process)[\s\S]{0,2000}?^Output:\n?/m.exec(
    text.slice(0, 4_000),
  )
  return {
    text: report ? text.slice(report.index + report[0].length) : text,
    exitCode: code === undefined ? undefined : Number(code),
  }
}

function stoppedAt(text: string, stops: readonly string[]): string {
  const ends = stops
    .filter((stop) => stop !== '')
    .map((stop) => text.indexOf(stop))
    .filter((at) => at >= 0)
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends))
}

// --- reasoning

const REASONING_TOKENS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 32,
  low: 64,
  medium: 128,
  high: 256,
  xhigh: 512,
  max: 1_024,
}

function reasoningPart({ model, reasoningEffort }: AnswerRequest, task: Task): readonly AnswerPart[] {
  if (model.reasons === 'never') return []
  const effort = reasoningEffort ?? (model.reasons === 'always' ? 'medium' : 'none')
  const tokens = REASONING_TOKENS[effort] ?? 128
  if (tokens === 0) return []
  return [
    { kind: 'reasoning', tokens, summary: PHRASES[task.language].reasoning(shortened(task.prompt, 80)) },
  ]
}

// --- scripted answers

function scriptedParts(script: AnswerScript, request: AnswerRequest, task: Task): readonly AnswerPart[] {
  const parts: AnswerPart[] = [...scriptedReasoning(script, request, task)]
  for (let at = 0; at < (script.webSearches ?? 0); at += 1)
    parts.push({ kind: 'web_search', query: `demo ${at + 1}` })
  if (script.compaction !== undefined) parts.push({ kind: 'compaction', text: script.compaction })
  const text = scriptedText(script, task)
  if (text !== undefined) parts.push(textPart(text))
  for (const call of script.toolCalls ?? [])
    parts.push({ kind: 'tool_call', call: scriptedCall(call, request, task) })
  const saysNothing = text === undefined && !script.toolCalls?.length && script.compaction === undefined
  return saysNothing ? [...parts, ...usualParts(request, task)] : parts
}

function scriptedReasoning(script: AnswerScript, request: AnswerRequest, task: Task): readonly AnswerPart[] {
  if (script.reasoningTokens === undefined) return reasoningPart(request, task)
  if (script.reasoningTokens === 0) return []
  const summary = script.reasoningSummary ?? PHRASES[task.language].reasoning(shortened(task.prompt, 80))
  return [{ kind: 'reasoning', tokens: script.reasoningTokens, summary }]
}

function scriptedText(script: AnswerScript, task: Task): string | undefined {
  if (script.textTokens === undefined) return script.text
  const text = script.text ?? ''
  return text + fillerOf(Math.max(script.textTokens - tokensOf(text), 0), task.language)
}

function scriptedCall(call: ScriptedToolCall, { conversation }: AnswerRequest, task: Task): ToolCall {
  const offered = conversation.tools.find((tool) => tool.name === call.name)
  const kind = call.input === undefined ? (offered?.kind ?? 'function') : 'custom'
  const tool: OfferedTool = offered
    ? { ...offered, kind }
    : { kind, name: call.name, description: '', parameters: {} }
  if (call.input !== undefined) return { tool, input: call.input }
  if (call.arguments === undefined) return callOf(tool, task.prompt)
  return { tool, input: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments) }
}

// --- the output limit

/** Frame of a tool call: its name and the marks around it. */
const TOKENS_PER_CALL = 4

function tokensOfPart(part: AnswerPart): number {
  switch (part.kind) {
    case 'reasoning':
      return part.tokens
    case 'web_search':
      return 0
    case 'tool_call':
      return TOKENS_PER_CALL + tokensOf(part.call.tool.name) + tokensOf(part.call.input)
    default:
      return tokensOf(part.text)
  }
}

/** Cuts an answer at its limit: a text in the middle; a call is left out whole, because half of one is of no use. */
function limited(parts: readonly AnswerPart[], limitTokens: number): Answer {
  const kept: AnswerPart[] = []
  let outputTokens = 0
  let isIncomplete = false
  for (const part of parts) {
    const left = limitTokens - outputTokens
    const tokens = tokensOfPart(part)
    const fits = tokens <= left
    const shown = fits ? part : cutTo(part, left)
    if (shown) kept.push(shown)
    outputTokens += fits ? tokens : left
    isIncomplete = !fits
    if (isIncomplete) break
  }
  return {
    parts: kept,
    isIncomplete,
    outputTokens,
    reasoningTokens: kept.reduce((sum, part) => sum + (part.kind === 'reasoning' ? part.tokens : 0), 0),
    webSearches: kept.filter((part) => part.kind === 'web_search').length,
  }
}

function cutTo(part: AnswerPart, tokens: number): AnswerPart | undefined {
  if (part.kind === 'reasoning') return { ...part, tokens }
  if (part.kind === 'text' && tokens > 0) return { ...part, text: takeTokens(part.text, tokens) }
  return undefined
}

/** What an answer says, without reasoning and calls. */
export const textOfAnswer = (parts: readonly AnswerPart[]): string =>
  parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
