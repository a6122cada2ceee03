import { describe, expect, test } from 'vitest'
import { type Conversation, type OfferedTool, type Turn, taskOf } from './conversation.ts'
import type { JsonObject } from './json.ts'
import { commandsIn, decideToolCalls } from './tool-choice.ts'

const tool = (name: string, parameters: JsonObject = {}, more: Partial<OfferedTool> = {}): OfferedTool => ({
  kind: 'function',
  name,
  description: '',
  parameters,
  ...more,
})
const text = (name: string) => ({
  type: 'object',
  properties: { [name]: { type: 'string' } },
  required: [name],
})

/** As Codex CLI 0.169.0 offers it. */
const execCommand = tool('exec_command', {
  type: 'object',
  properties: { cmd: { type: 'string' }, workdir: { type: 'string' }, yield_time_ms: { type: 'number' } },
  required: ['cmd'],
})
const user = (prompt: string): Turn => ({ kind: 'user', text: prompt, imageTokens: 0 })

function calls(prompt: string, tools: readonly OfferedTool[], more: Partial<Conversation> = {}) {
  const conversation: Conversation = {
    turns: [user(prompt)],
    tools,
    toolsText: '',
    offersWebSearch: false,
    toolChoice: 'auto',
    mayCallInParallel: true,
    outputSchema: undefined,
    ...more,
  }
  return decideToolCalls(conversation, taskOf(conversation.turns)).map((call) => [call.tool.name, call.input])
}

describe('a command that a prompt wants run', () => {
  test.each([
    ['run `echo hello-from-demo`', ['echo hello-from-demo']],
    ['Please execute `ls` and then `pwd`.', ['ls', 'pwd']],
    ['run ls -la', ['ls -la']],
    ['运行 `git status`', ['git status']],
    ['运行一下 ls', ['ls']],
    ['what does `rm -rf /` mean?', []],
    ['I love to run marathons', []],
  ])('%s', (prompt, expected) => {
    expect(commandsIn(prompt)).toEqual(expected)
  })

  test('goes to exec_command as Codex names its member', () => {
    expect(calls('run `echo hi`', [tool('view_image', text('path')), execCommand])).toEqual([
      ['exec_command', '{"cmd":"echo hi"}'],
    ])
  })

  test('goes to a shell that takes a list as one', () => {
    const shell = tool('shell', {
      type: 'object',
      properties: { command: { type: 'array', items: { type: 'string' } } },
      required: ['command'],
    })
    expect(calls('run `ls`', [shell])).toEqual([['shell', '{"command":["bash","-lc","ls"]}']])
  })

  test('fills whatever else a shell requires', () => {
    const shell = tool('run_shell_command', {
      type: 'object',
      properties: {
        command: { type: 'string' },
        description: { type: 'string' },
        is_background: { type: 'boolean' },
      },
      required: ['command', 'is_background'],
    })
    expect(calls('run `ls`', [shell])).toEqual([
      ['run_shell_command', '{"command":"ls","description":"Run ls","is_background":false}'],
    ])
  })

  test('goes as JavaScript to the tool that Codex offers newer models', () => {
    const exec = tool(
      'exec',
      {},
      { kind: 'custom', namespace: 'functions', description: '… tools.exec_command(…) …' },
    )
    expect(calls('run `ls`', [exec])).toEqual([
      ['exec', 'const result = await tools.exec_command({ cmd: "ls" })\ntext(result.output)\n'],
    ])
  })

  test('is one call only where calls may not be parallel', () => {
    expect(calls('run `ls` and `pwd`', [execCommand], { mayCallInParallel: false })).toHaveLength(1)
    expect(calls('run `ls` and `pwd`', [execCommand])).toHaveLength(2)
  })
})

describe('a tool', () => {
  test('made for listing files is preferred to nothing, a shell runs ls', () => {
    expect(calls('list the files', [tool('list_directory', text('path'))])).toEqual([
      ['list_directory', '{"path":"."}'],
    ])
    expect(calls('列出文件', [execCommand])).toEqual([['exec_command', '{"cmd":"ls -la"}']])
  })

  test('that reads is called when its words are in the prompt', () => {
    expect(calls('What is the weather in Paris?', [tool('get_weather', text('city'))])).toEqual([
      ['get_weather', '{"city":"Paris"}'],
    ])
    expect(calls('北京的天气怎么样？', [tool('getWeather', text('city'))])).toEqual([
      ['getWeather', '{"city":"北京"}'],
    ])
  })

  test('that changes something is not called on a vague prompt', () => {
    expect(calls('what is my goal?', [tool('create_goal', text('objective')), tool('spawn_agent')])).toEqual(
      [],
    )
  })

  test('is called when the prompt says so by name', () => {
    expect(
      calls('use the create_goal tool with "ship it"', [tool('create_goal', text('objective'))]),
    ).toEqual([['create_goal', '{"objective":"ship it"}']])
  })

  test('is not called on a greeting, with tool_choice none, or once it has answered', () => {
    expect(calls('hello', [execCommand])).toEqual([])
    expect(calls('run `ls`', [execCommand], { toolChoice: 'none' })).toEqual([])
    const output: Turn = { kind: 'tool_output', text: 'a.txt', imageTokens: 0 }
    expect(calls('', [execCommand], { turns: [user('run `ls`'), output] })).toEqual([])
  })

  test('is called whatever the prompt says when the request requires it', () => {
    const tools = [tool('get_weather', text('city')), execCommand]
    expect(calls('hello', tools, { toolChoice: 'required' })).toEqual([['get_weather', '{"city":"Berlin"}']])
    expect(calls('hello', tools, { toolChoice: { name: 'exec_command' } })).toEqual([
      ['exec_command', '{"cmd":"pwd"}'],
    ])
  })
})
