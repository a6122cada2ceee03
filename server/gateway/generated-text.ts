// The generated text of an answer that is not a stream, for the estimate where its usage is missing or cannot be true: what
// the deltas of a stream would have carried, and nothing of the JSON around it.
import { isObject, type JsonObject } from './json-object.ts'

/** Bytes in UTF-8: contents, refusals, reasoning that is shown, arguments and inputs of tool calls. */
export function generatedBytes(answer: JsonObject): number {
  const messages = objectsIn(answer.choices).map((choice) => choice.message)
  return (
    sum([...messages, ...objectsIn(answer.output)], bytesOfItem) +
    // Of legacy completions, which have no message.
    sum(objectsIn(answer.choices), (choice) => bytesOf(choice.text))
  )
}

const TEXTS_OF_ITEM = ['content', 'refusal', 'reasoning_content', 'arguments', 'input'] as const

/** A chat message, or an item of a response's output. */
function bytesOfItem(item: unknown): number {
  if (!isObject(item)) return 0
  const calls = [...objectsIn(item.tool_calls), { function: item.function_call }]
  return (
    sum(TEXTS_OF_ITEM, (name) => bytesOf(item[name])) +
    sum([...objectsIn(item.content), ...objectsIn(item.summary)], bytesOfPart) +
    sum(calls, bytesOfCall)
  )
}

const bytesOfPart = (part: JsonObject): number => bytesOf(part.text) + bytesOf(part.refusal)

function bytesOfCall(call: JsonObject): number {
  const called = isObject(call.function) ? call.function.arguments : undefined
  const custom = isObject(call.custom) ? call.custom.input : undefined
  return bytesOf(called) + bytesOf(custom)
}

const bytesOf = (text: unknown): number => (typeof text === 'string' ? Buffer.byteLength(text) : 0)

const objectsIn = (list: unknown): JsonObject[] => (Array.isArray(list) ? list.filter(isObject) : [])

const sum = <T>(items: readonly T[], bytes: (item: T) => number): number =>
  items.reduce((total, item) => total + bytes(item), 0)
