// Decides which of the offered tools a prompt asks for, and with which arguments. Only what is asked for is called.
import type { Conversation, OfferedTool, Task } from './conversation.ts'
import { asArray, asObject, asString, type JsonObject } from './json.ts'
import { argumentsFor, pathIn } from './schema-sample.ts'

export interface ToolCall {
  readonly tool: OfferedTool
  /** Arguments in JSON, or the free text of a custom tool. */
  readonly input: string
}

const CALLS_MAX = 8

/** The calls to make, none where the prompt does not ask for any or where the tools have answered already. */
export function decideToolCalls(conversation: Conversation, task: Task): readonly ToolCall[] {
  const { tools, toolChoice, mayCallInParallel } = conversation
  if (tools.length === 0 || toolChoice === 'none' || task.toolOutputs.length > 0) return []
  const wanted = wantedCalls(tools, toolChoice, task.prompt)
  return wanted.slice(0, mayCallInParallel ? CALLS_MAX : 1)
}

function wantedCalls(
  tools: readonly OfferedTool[],
  choice: Conversation['toolChoice'],
  prompt: string,
): readonly ToolCall[] {
  if (typeof choice === 'object') {
    const named = tools.find((tool) => tool.name === choice.name)
    return named ? [callOf(named, prompt)] : []
  }
  const asked = askedCalls(tools, prompt)
  const [first] = tools
  return asked.length === 0 && choice === 'required' && first ? [callOf(first, prompt)] : asked
}

function askedCalls(tools: readonly OfferedTool[], prompt: string): readonly ToolCall[] {
  const named = tools.find((tool) => isAskedByName(tool, prompt))
  const commands = commandsIn(prompt)
  const shell = tools.find(isShell)
  if (commands.length > 0 && shell)
    return commands.map((command) => ({ tool: shell, input: shellInput(shell, command) }))
  if (named) return [callOf(named, prompt)]
  const wants = fileWish(prompt)
  const special = wants && tools.find((tool) => wants.names.test(tool.name))
  if (special) return [callOf(special, prompt)]
  if (wants && shell) return [{ tool: shell, input: shellInput(shell, wants.command) }]
  const matching = tools.find((tool) => tool.kind === 'function' && isAskedByMeaning(tool, prompt))
  return matching ? [callOf(matching, prompt)] : []
}

/** A call of any tool with arguments that fit its schema. */
export function callOf(tool: OfferedTool, prompt: string): ToolCall {
  if (isShell(tool))
    return {
      tool,
      input: shellInput(tool, commandsIn(prompt)[0] ?? fileWish(prompt)?.command ?? 'pwd'),
    }
  if (tool.kind === 'custom') return { tool, input: prompt }
  return { tool, input: JSON.stringify(argumentsFor(tool.parameters, { prompt, known: {} })) }
}

// --- what a prompt asks for

const RUN = /\b(?:run|execute|exec|call)\b|运行|执行|跑/i
const PLAIN_COMMAND =
  /(?:\b(?:run|execute|exec)\b|运行|执行|跑)\s*(?:一下|the command|command|命令)?\s*[:：]?\s*((?:ls|pwd|cat|echo|date|whoami|uname|git|npm|npx|node|python3?|head|tail|grep|find|wc|make|env|printf|true|false)(?:\s[^\n。，；;"”]*)?)(?:$|[\n。，；;"”])/i

/** The shell commands that a prompt wants run: what stands in backticks behind a verb such as "run", or plain after it. */
export function commandsIn(prompt: string): readonly string[] {
  const verb = RUN.exec(prompt)
  if (!verb) return []
  const quoted = [...prompt.slice(verb.index).matchAll(/`([^`\n]+)`/g)].map((match) => match[1]?.trim() ?? '')
  const commands = quoted.filter((command) => command !== '')
  if (commands.length > 0) return commands
  const plain = PLAIN_COMMAND.exec(prompt)?.[1]
    ?.trim()
    .replace(/[.?!]$/, '')
  return plain ? [plain] : []
}

interface FileWish {
  readonly command: string
  /** Tools made for it. */
  readonly names: RegExp
}

function fileWish(prompt: string): FileWish | undefined {
  if (
    /\blist\b.*\b(?:files?|director(?:y|ies)|folders?)\b|\b(?:what|which) files\b|列出|有哪些文件/i.test(
      prompt,
    )
  ) {
    return { command: 'ls -la', names: /^(?:list|ls)(?:_|-)?(?:files|dir|directory|folder)?$/i }
  }
  const path = pathIn(prompt)
  if (path && /\b(?:read|show|open|print|cat)\b|读取|查看|打开/i.test(prompt)) {
    return { command: `cat ${path}`, names: /^(?:read|view|open)(?:_|-)?file$/i }
  }
  if (/\bwhat(?:'s| is) the (?:time|date)\b|\bwhat time\b|几点|今天(?:是)?几号/i.test(prompt)) {
    return { command: 'date', names: /^(?:get_)?(?:current_)?(?:time|date|datetime)$/i }
  }
  return undefined
}

/** Whether the prompt says to use a tool by its exact name. */
function isAskedByName(tool: OfferedTool, prompt: string): boolean {
  const name = tool.name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(
    `(?:\\b(?:use|call|invoke|run|execute)\\b|使用|调用|运行)[^.\\n]{0,40}(?<![\\w-])${name}(?![\\w-])`,
    'i',
  ).test(prompt)
}

const READING_VERBS = new Set(['get', 'fetch', 'look', 'lookup', 'find', 'query', 'check', 'current', 'tool'])
const CHINESE_WORDS: Readonly<Record<string, string>> = {
  weather: '天气',
  time: '时间',
  stock: '股票',
  price: '价格',
  news: '新闻',
}

/** Whether all words of a reading tool's name stand in the prompt, such as weather for get_weather. */
function isAskedByMeaning(tool: OfferedTool, prompt: string): boolean {
  const words = tool.name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_\-.\s]+/)
    .filter((word) => word !== '' && !READING_VERBS.has(word))
  if (words.length === 0) return false
  const text = prompt.toLowerCase()
  return words.every((word) => new RegExp(`\\b${word}\\b`).test(text) || isChineseFor(word, text))
}

function isChineseFor(word: string, text: string): boolean {
  const chinese = CHINESE_WORDS[word]
  return chinese !== undefined && text.includes(chinese)
}

// --- tools that run commands

const SHELL_NAMES =
  /^(?:exec_command|shell(?:_command)?|bash|local_shell|container\.exec|run_(?:shell_)?command|run_terminal_c(?:m|omman)d|run_in_terminal|execute_command|terminal)$/i
const COMMAND_MEMBERS = ['cmd', 'command', 'commands', 'script'] as const

const commandMember = (tool: OfferedTool): string | undefined => {
  const properties = asObject(tool.parameters.properties)
  return properties && COMMAND_MEMBERS.find((name) => asObject(properties[name]) !== undefined)
}

/** Codex offers newer models one custom tool, which takes JavaScript that may call `tools.exec_command`. */
const isScriptedShell = (tool: OfferedTool): boolean =>
  tool.kind === 'custom' && tool.name === 'exec' && tool.description.includes('exec_command')

const isShell = (tool: OfferedTool): boolean =>
  isScriptedShell(tool) ||
  (SHELL_NAMES.test(tool.name) && (tool.kind === 'custom' || commandMember(tool) !== undefined))

function shellInput(tool: OfferedTool, command: string): string {
  if (isScriptedShell(tool)) {
    return `const result = await tools.exec_command({ cmd: ${JSON.stringify(command)} })\ntext(result.output)\n`
  }
  if (tool.kind === 'custom') return command
  const member = commandMember(tool) ?? 'command'
  const schema = asObject(asObject(tool.parameters.properties)?.[member]) ?? {}
  const value = takesArray(schema) ? ['bash', '-lc', command] : command
  const known: JsonObject = { [member]: value, description: `Run ${command}` }
  return JSON.stringify(argumentsFor(tool.parameters, { prompt: '', known }))
}

const takesArray = (schema: JsonObject): boolean =>
  asString(schema.type) === 'array' || asArray(schema.type).includes('array')
