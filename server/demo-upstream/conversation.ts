// What a request says, whichever endpoint it came by: its turns, the tools it offers, and what shape of answer it wants.
import type { JsonObject } from './json.ts'
import { type Language, languageOf } from './words.ts'

export interface Turn {
  readonly kind:
    | 'instructions'
    | 'user'
    | 'assistant'
    | 'reasoning'
    | 'tool_call'
    | 'tool_output'
    | 'compaction'
  readonly text: string
  readonly imageTokens: number
  /** Of a tool call and its output. */
  readonly callId?: string
  readonly toolName?: string
}

export interface OfferedTool {
  readonly kind: 'function' | 'custom'
  readonly name: string
  readonly namespace?: string
  readonly description: string
  /** JSON Schema of a function's arguments. */
  readonly parameters: JsonObject
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

export interface Conversation {
  readonly turns: readonly Turn[]
  readonly tools: readonly OfferedTool[]
  /** The tools as they were sent, for counting. */
  readonly toolsText: string
  readonly offersWebSearch: boolean
  readonly toolChoice: ToolChoice
  readonly mayCallInParallel: boolean
  /** JSON Schema that the answer's text has to follow, `{}` for any JSON object. */
  readonly outputSchema: JsonObject | undefined
}

/** What the last turns ask for. */
export interface Task {
  /** The beginning of the user's last message, without directives. Wishes further behind are not looked for. */
  readonly prompt: string
  readonly language: Language
  /** Outputs of tools that came behind the prompt, in their order. */
  readonly toolOutputs: readonly Turn[]
  readonly earlierTurns: number
}

/** A directive such as `[[demo:delay=50]]`; docs/demo-upstream.md lists them. */
export const DIRECTIVE = /\[\[demo:([^\]]*)\]\]/g

const PROMPT_CHARACTERS_MAX = 2_000

export function taskOf(turns: readonly Turn[]): Task {
  const at = lastPromptAt(turns)
  const raw = turns[at]?.text ?? ''
  const prompt = withoutDirectives(raw).trim().slice(0, PROMPT_CHARACTERS_MAX)
  return {
    prompt,
    language: languageOf(prompt),
    toolOutputs: turns.slice(at + 1).filter((turn) => turn.kind === 'tool_output'),
    earlierTurns: turns
      .slice(0, Math.max(at, 0))
      .filter((turn) => turn.kind === 'user' || turn.kind === 'assistant').length,
  }
}

const withoutDirectives = (text: string): string =>
  text.slice(0, PROMPT_CHARACTERS_MAX * 2).replaceAll(DIRECTIVE, '')

const lastPromptAt = (turns: readonly Turn[]): number => turns.findLastIndex((turn) => turn.kind === 'user')

/** The text in which directives are obeyed: the last message of the user, until a tool has answered behind it. */
export function directiveText(turns: readonly Turn[]): string {
  const at = lastPromptAt(turns)
  const hasOutput = turns.slice(at + 1).some((turn) => turn.kind === 'tool_output')
  return hasOutput ? '' : (turns[at]?.text ?? '')
}

/** Frame of a message, as OpenAI's own counting examples have it. */
const TOKENS_PER_TURN = 3

/** The whole prompt as one text, and the tokens that are no text. */
export function promptOf(conversation: Conversation): {
  readonly text: string
  readonly otherTokens: number
} {
  const { turns, toolsText } = conversation
  const text = [toolsText, ...turns.map((turn) => `${turn.kind}\n${turn.text}`)].join('\n')
  const otherTokens = turns.reduce((sum, turn) => sum + TOKENS_PER_TURN + turn.imageTokens, 0)
  return { text, otherTokens }
}
