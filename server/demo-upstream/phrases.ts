// What the demo models say, in English and Chinese.
import type { Language } from './words.ts'

export interface RequestFacts {
  /** The user's message, shortened. */
  readonly quote: string
  readonly promptTokens: number
  readonly earlierTurns: number
  readonly toolNames: readonly string[]
  readonly model: string
  readonly canRunCommands: boolean
  readonly isOneOfMany: number | undefined
}

interface Phrases {
  readonly introduction: (facts: RequestFacts) => string
  readonly toolResult: (tools: readonly string[], output: string, exitCode: number | undefined) => string
  readonly toolSilence: (tools: readonly string[], exitCode: number | undefined) => string
  readonly searched: (query: string) => string
  readonly counted: (numbers: string) => string
  readonly reasoning: (quote: string) => string
}

const NAMES_MAX = 4

const some = (names: readonly string[]): string =>
  names
    .slice(0, NAMES_MAX)
    .map((name) => `\`${name}\``)
    .join(', ')

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const ENGLISH: Phrases = {
  introduction: ({ quote, promptTokens, earlierTurns, toolNames, model, canRunCommands, isOneOfMany }) =>
    [
      isOneOfMany === undefined ? '' : `Choice ${isOneOfMany + 1}. `,
      'Hello! I am the demo upstream of Codex Gateway. A small script writes these words, so no OpenAI key is needed and no real model has read your message; ',
      'the gateway streams, measures and charges this answer exactly as it would a real one.\n\n',
      quote === '' ? 'Your message was empty.' : `You wrote: “${quote}”`,
      `\n\nYour request came to \`${model}\` with about ${promptTokens} tokens of input`,
      earlierTurns > 0 ? `, ${counted(earlierTurns, 'earlier message')}` : '',
      toolNames.length > 0
        ? ` and ${counted(toolNames.length, 'tool')} on offer (${some(toolNames)}${toolNames.length > NAMES_MAX ? ', …' : ''})`
        : '',
      '.\n\nTry next: ',
      canRunCommands ? '“run `ls`” or “list the files”, and I will call a tool; ' : '',
      '“count to 20” to watch an answer stream; or look at your usage to see what this one cost.',
    ].join(''),
  toolResult: (tools, output, exitCode) =>
    `I called ${some(tools)}${exitCode === undefined || exitCode === 0 ? '' : `, which ended with exit code ${exitCode}`}. This is what came back:\n\n\`\`\`\n${output}\n\`\`\`\n\nThat was a whole turn with a tool: your prompt, the call, its output, and this answer.`,
  toolSilence: (tools, exitCode) =>
    `I called ${some(tools)}. It printed nothing and ended${exitCode === undefined ? '' : ` with exit code ${exitCode}`}.`,
  searched: (query) =>
    `I am the demo upstream, so this search did not leave your machine. A real model would have searched the web for “${query}” and cited its sources like this one: example.com. The search is counted and charged as a real one.`,
  counted: (numbers) => `${numbers}. Done!`,
  reasoning: (quote) =>
    `**Reading the request**\n\nThe user wrote “${quote}”. I will answer briefly and say that I am the demo upstream.`,
}

const CHINESE: Phrases = {
  introduction: ({ quote, promptTokens, earlierTurns, toolNames, model, canRunCommands, isOneOfMany }) =>
    [
      isOneOfMany === undefined ? '' : `候选 ${isOneOfMany + 1}：`,
      '你好！我是 Codex Gateway 的演示上游。这些文字由一个小脚本生成，不需要 OpenAI 密钥，也没有真正的模型读过你的消息；',
      '但网关会像对待真实回答一样，对它进行流式传输、计量和计费。\n\n',
      quote === '' ? '你的消息是空的。' : `你写的是：“${quote}”`,
      `\n\n你的请求发给了 \`${model}\`，输入约 ${promptTokens} 个 token`,
      earlierTurns > 0 ? `，之前有 ${earlierTurns} 条消息` : '',
      toolNames.length > 0
        ? `，提供了 ${toolNames.length} 个工具（${some(toolNames)}${toolNames.length > NAMES_MAX ? '…' : ''}）`
        : '',
      '。\n\n接下来可以试试：',
      canRunCommands ? '“运行 `ls`”或“列出文件”，我会调用工具；' : '',
      '“数到 20”，看看回答如何流式输出；或者打开用量页面，看看这次花了多少钱。',
    ].join(''),
  toolResult: (tools, output, exitCode) =>
    `我调用了 ${some(tools)}${exitCode === undefined || exitCode === 0 ? '' : `，退出码为 ${exitCode}`}。返回的内容是：\n\n\`\`\`\n${output}\n\`\`\`\n\n这就是一次完整的工具调用：你的提示、调用、工具的输出，以及这个回答。`,
  toolSilence: (tools, exitCode) =>
    `我调用了 ${some(tools)}。它没有输出任何内容就结束了${exitCode === undefined ? '' : `，退出码为 ${exitCode}`}。`,
  searched: (query) =>
    `我是演示上游，所以这次搜索没有离开你的电脑。真正的模型会在网上搜索“${query}”，并像这样注明来源：example.com。这次搜索会像真实搜索一样计数和计费。`,
  counted: (numbers) => `${numbers}。数完了！`,
  reasoning: (quote) => `**理解请求**\n\n用户写的是“${quote}”。我会简短回答，并说明我是演示上游。`,
}

export const PHRASES: Readonly<Record<Language, Phrases>> = { en: ENGLISH, zh: CHINESE }
