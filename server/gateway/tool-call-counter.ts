// Counts what the hosted tools of an answer did, from the items that they leave in it and from `tool_usage`. An item comes
// several times over (added, done, and in the whole response), and counts once, by what it said last.
import { parseImageToolUsage, parseResponsesUsage, type ReportedImageTool } from '../ledger/reported-usage.ts'
import { NO_TOOL_CALLS, type OfferedTools, type ToolCalls } from '../ledger/tool-calls.ts'
import { hostedToolNamed, searchKindOf } from './hosted-tools.ts'
import { isObject, type JsonObject } from './json-object.ts'

type Kind = 'web_search' | 'file_search' | 'code_interpreter' | 'image_generation'

const KIND_OF: ReadonlyMap<unknown, Kind> = new Map([
  ['web_search_call', 'web_search'],
  ['file_search_call', 'file_search'],
  ['code_interpreter_call', 'code_interpreter'],
  ['image_generation_call', 'image_generation'],
])

/** Many times what any request is permitted; beyond it nothing is remembered any more. */
const ITEMS_MAX = 10_000

interface Seen {
  readonly kind: Kind
  readonly isCharged: boolean
  readonly container: string | undefined
  readonly drawnTokens: DrawnTokens
}

interface DrawnTokens {
  readonly input: number
  readonly output: number
  readonly isImplausible: boolean
}

const NONE_SEEN: ReadonlyMap<string, Seen> = new Map()

export class ToolCallCounter {
  /** Undefined until the first one comes: most answers have none. */
  #items: Map<string, Seen> | undefined
  #image: ReportedImageTool | undefined
  #offered: OfferedTools | undefined

  /** `index` is its place in the output, for an item without an id. */
  note(item: unknown, index: unknown): void {
    const kind = isObject(item) ? KIND_OF.get(item.type) : undefined
    if (kind === undefined || !isObject(item)) return
    const key = typeof item.id === 'string' && item.id !== '' ? item.id : `#${String(index)}`
    this.#items ??= new Map()
    const items = this.#items
    if (items.size >= ITEMS_MAX && !items.has(key)) return
    const container =
      typeof item.container_id === 'string' && item.container_id !== '' ? item.container_id : undefined
    items.set(key, { kind, isCharged: isCharged(kind, item), container, drawnTokens: drawnOf(item) })
  }

  noteReport(toolUsage: unknown): void {
    this.#image = parseImageToolUsage(toolUsage) ?? this.#image
  }

  /** `tools` of a response: those that it was made with, a stored prompt's included. */
  noteOffered(tools: unknown): void {
    this.#offered = offeredIn(tools) ?? this.#offered
  }

  calls(): ToolCalls {
    if (!this.#items && !this.#image && !this.#offered) return NO_TOOL_CALLS
    const charged = [...(this.#items ?? NONE_SEEN)].filter(([, { isCharged: isCounted }]) => isCounted)
    const countOf = (kind: Kind) => charged.filter(([, seen]) => seen.kind === kind).length
    const runs = charged.filter(([, { kind }]) => kind === 'code_interpreter')
    return {
      webSearchCalls: countOf('web_search'),
      fileSearchCalls: countOf('file_search'),
      codeInterpreterSessions: new Set(runs.map(([key, { container }]) => container ?? key)).size,
      imageCalls: countOf('image_generation'),
      image: this.#imageWithDrawings(),
      ...(this.#isImageImplausible() ? { isImageImplausible: true } : {}),
      ...(this.#offered ? { offered: this.#offered } : {}),
    }
  }

  #isImageImplausible(): boolean {
    if (!this.#image) return false
    const seen = [...(this.#items ?? NONE_SEEN).values()]
    return this.#image.isImplausible || seen.some(({ drawnTokens }) => drawnTokens.isImplausible)
  }

  /** A drawing that was made by another model than the tool names is charged as the output of the tool, which is dearer. */
  #imageWithDrawings(): ToolCalls['image'] {
    let input = 0
    let output = 0
    for (const { drawnTokens } of (this.#items ?? NONE_SEEN).values()) {
      input += drawnTokens.input
      output += drawnTokens.output
    }
    const image = this.#image?.counts
    if (!image || input + output === 0) return image
    const { inputTokens, outputTokens, ...parts } = image
    return { ...parts, inputTokens: inputTokens + input, outputTokens: outputTokens + output }
  }
}

/** Undefined where none of them is hosted. */
function offeredIn(tools: unknown): OfferedTools | undefined {
  if (!Array.isArray(tools)) return undefined
  const searches = new Set<OfferedTools['search']>()
  const models = new Set<string>()
  for (const tool of tools) {
    if (!isObject(tool) || typeof tool.type !== 'string') continue
    const kind = hostedToolNamed(tool.type)
    if (kind === 'web_search') searches.add(searchKindOf(tool.type))
    if (kind === 'image_generation' && typeof tool.model === 'string') models.add(tool.model)
  }
  if (searches.size + models.size === 0) return undefined
  return { search: onlyOne(searches), imageModel: onlyOne(models) }
}

function onlyOne<Value>(values: ReadonlySet<Value>): Value | undefined {
  const [first] = values
  return values.size === 1 ? first : undefined
}

/** A search also opens pages and looks for words in them, which OpenAI does not bill; what failed is not billed either. */
function isCharged(kind: Kind, { status, action }: JsonObject): boolean {
  if (status === 'failed') return false
  if (kind !== 'web_search' || !isObject(action)) return true
  return action.type === undefined || action.type === null || action.type === 'search'
}

function drawnOf({ svg_usage: usage }: JsonObject): DrawnTokens {
  const drawn = parseResponsesUsage(usage, undefined)
  return {
    input: drawn?.usage.inputTokens ?? 0,
    output: drawn?.usage.outputTokens ?? 0,
    isImplausible: drawn?.isImplausible ?? false,
  }
}
