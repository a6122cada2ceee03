// Reads the content of messages and the tools of requests, which both endpoints write almost alike.
import type { OfferedTool, ToolChoice } from './conversation.ts'
import { asArray, asObject, asString, type JsonObject } from './json.ts'

// OpenAI's older flat figures: they make an image cost something definite, whatever its size.
const IMAGE_TOKENS = 765
const LOW_DETAIL_IMAGE_TOKENS = 85

export interface Content {
  readonly text: string
  readonly imageTokens: number
}

/** The text of a content that is a string, one part, or a list of parts, and what its images cost. */
export function contentOf(value: unknown): Content {
  if (typeof value === 'string') return { text: value, imageTokens: 0 }
  const parts = Array.isArray(value) ? value : [value]
  const texts: string[] = []
  let imageTokens = 0
  for (const part of parts) {
    const object = asObject(part)
    if (!object) continue
    const text = asString(object.text) ?? asString(object.refusal) ?? asString(object.file_data)
    if (text !== undefined) texts.push(text)
    if (isImage(object)) imageTokens += isLowDetail(object) ? LOW_DETAIL_IMAGE_TOKENS : IMAGE_TOKENS
  }
  return { text: texts.join('\n'), imageTokens }
}

const isImage = ({ type }: JsonObject): boolean =>
  type === 'image_url' || type === 'input_image' || type === 'computer_screenshot'

const isLowDetail = (part: JsonObject): boolean =>
  part.detail === 'low' || asObject(part.image_url)?.detail === 'low'

export interface Tools {
  readonly offered: readonly OfferedTool[]
  readonly hasWebSearch: boolean
}

/** The tools that run on the client's side, out of `function` and `custom` tools in either shape and of namespaces. */
export function toolsOf(value: unknown, namespace?: string): Tools {
  const offered: OfferedTool[] = []
  let hasWebSearch = false
  for (const raw of asArray(value)) {
    const tool = asObject(raw)
    if (!tool) continue
    if (asString(tool.type)?.startsWith('web_search')) hasWebSearch = true
    if (tool.type === 'namespace') offered.push(...toolsOf(tool.tools, asString(tool.name)).offered)
    const one = toolOf(tool, namespace)
    if (one) offered.push(one)
  }
  return { offered, hasWebSearch }
}

function toolOf(tool: JsonObject, namespace: string | undefined): OfferedTool | undefined {
  if (tool.type !== 'function' && tool.type !== 'custom') return undefined
  // Chat nests what a tool is in a member named like its type; Responses does not.
  const about = asObject(tool[tool.type]) ?? tool
  const name = asString(about.name)
  if (name === undefined) return undefined
  return {
    kind: tool.type,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    description: asString(about.description) ?? '',
    parameters: asObject(about.parameters) ?? {},
  }
}

export function toolChoiceOf(value: unknown): ToolChoice {
  if (value === 'none' || value === 'required') return value
  const choice = asObject(value)
  const name =
    asString(choice?.name) ??
    asString(asObject(choice?.function)?.name) ??
    asString(asObject(choice?.custom)?.name)
  return name === undefined ? 'auto' : { name }
}

/** The schema that the answer has to follow: of `response_format` (chat) or `text.format` (Responses). */
export function outputSchemaOf(format: unknown): JsonObject | undefined {
  const object = asObject(format)
  if (object?.type === 'json_object')
    return { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] }
  if (object?.type !== 'json_schema') return undefined
  return asObject(object.schema) ?? asObject(asObject(object.json_schema)?.schema) ?? {}
}
