// Ready-made set-ups for clients, filled with this gateway's address and a model that exists here. None of them touches what
// a person has set up already: Codex gets a profile in a file of its own.
import { CODEX_PROFILE_FILE, codexProfile } from '../../contract/codex-profile.ts'
import type { Shell } from '../../contract/shells.ts'

export const CLIENTS = [
  'codex',
  'python',
  'js',
  'ai-sdk',
  'curl',
  'open-webui',
  'continue',
  'librechat',
] as const
export type Client = (typeof CLIENTS)[number]

/** Ours are of this form; anything else that is typed is no key, and belongs in no set-up. */
export const isKey = (text: string): boolean => /^sk-cg-\w+-\w+$/.test(text)

/** Product names, the same in every language. */
export const CLIENT_NAMES: Readonly<Record<Client, string>> = {
  codex: 'Codex CLI',
  python: 'Python',
  js: 'JavaScript',
  'ai-sdk': 'AI SDK',
  curl: 'curl',
  'open-webui': 'Open WebUI',
  continue: 'Continue',
  librechat: 'LibreChat',
}

export const KEY_PLACEHOLDER = 'sk-cg-…'

export interface SetUpPart {
  /** A file's path or a command; `place` where a word stands for it. */
  readonly where: string
  readonly place?: 'shell'
  readonly text: string
}

const shell = (text: string): SetUpPart => ({ where: 'shell', place: 'shell', text })

const setKey = (key: string, into: Shell): string =>
  into === 'posix' ? `export GATEWAY_API_KEY='${key}'` : `$env:GATEWAY_API_KEY = '${key}'`

/** One command over several lines. */
const inLines = (lines: readonly string[], into: Shell): string =>
  lines.join(into === 'posix' ? ' \\\n  ' : ' `\n  ')

/** What is typed once the profile is there. */
export const runCodexProfile = (
  key: string = KEY_PLACEHOLDER,
  into: Shell = 'posix',
): string => `${setKey(key, into)}
codex --profile gateway`

/** PowerShell hands no double quotes on to a program before its version 7.3, so its own command sends the request there. */
function helloRequest(baseUrl: string, model: string, key: string, into: Shell): string {
  const url = `${baseUrl}/chat/completions`
  const body = `{"model":"${model}","messages":[{"role":"user","content":"Say hello."}]}`
  if (into === 'posix') {
    const headers = [`-H 'Authorization: Bearer ${key}'`, "-H 'Content-Type: application/json'"]
    return inLines([`curl ${url}`, ...headers, `-d '${body}'`], into)
  }
  return inLines(
    [
      `Invoke-RestMethod ${url} -Method Post`,
      `-Headers @{ Authorization = 'Bearer ${key}' }`,
      "-ContentType 'application/json'",
      `-Body '${body}' | ConvertTo-Json -Depth 8`,
    ],
    into,
  )
}

/** `baseUrl` with its `/v1`; `key` where it is known, which is seldom: a key is shown once. */
export function setUpOf(
  client: Client,
  baseUrl: string,
  model: string,
  key: string = KEY_PLACEHOLDER,
  into: Shell = 'posix',
): readonly SetUpPart[] {
  switch (client) {
    case 'codex':
      return [
        {
          where: `~/.codex/${CODEX_PROFILE_FILE}`,
          text: codexProfile(baseUrl, model),
        },
        shell(runCodexProfile(key, into)),
      ]
    case 'python':
      return [
        shell(`pip install openai
${setKey(key, into)}`),
        {
          where: 'hello.py',
          text: `import os
from openai import OpenAI

client = OpenAI(base_url="${baseUrl}", api_key=os.environ["GATEWAY_API_KEY"])

stream = client.responses.create(model="${model}", input="Say hello.", stream=True)
for event in stream:
    if event.type == "response.output_text.delta":
        print(event.delta, end="", flush=True)`,
        },
      ]
    case 'js':
      return [
        shell(`npm install openai
${setKey(key, into)}`),
        {
          where: 'hello.mjs',
          text: `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${baseUrl}', apiKey: process.env.GATEWAY_API_KEY })

const stream = await client.responses.create({ model: '${model}', input: 'Say hello.', stream: true })
for await (const event of stream) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta)
}`,
        },
      ]
    case 'ai-sdk':
      return [
        shell(`npm install ai @ai-sdk/openai
${setKey(key, into)}`),
        {
          where: 'hello.mjs',
          text: `import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'

const gateway = createOpenAI({ baseURL: '${baseUrl}', apiKey: process.env.GATEWAY_API_KEY })

const { textStream } = streamText({ model: gateway('${model}'), prompt: 'Say hello.' })
for await (const text of textStream) process.stdout.write(text)`,
        },
      ]
    case 'curl':
      return [shell(helloRequest(baseUrl, model, key, into))]
    case 'open-webui':
      return [
        shell(
          inLines(
            [
              'docker run -d -p 3000:8080',
              `-e OPENAI_API_BASE_URL='${baseUrl}'`,
              `-e OPENAI_API_KEY='${key}'`,
              '-v open-webui:/app/backend/data',
              'ghcr.io/open-webui/open-webui:main',
            ],
            into,
          ),
        ),
      ]
    case 'continue':
      return [
        {
          where: '~/.continue/config.yaml',
          text: `name: Codex Gateway
version: 1.0.0
schema: v1
models:
  - name: ${model}
    provider: openai
    model: ${model}
    apiBase: ${baseUrl}
    apiKey: ${key}`,
        },
      ]
    case 'librechat':
      return [
        {
          where: '.env',
          text: `GATEWAY_API_KEY=${key}`,
        },
        {
          where: 'librechat.yaml',
          text: `version: 1.3.17
cache: true
endpoints:
  custom:
    - name: "Codex Gateway"
      apiKey: "\${GATEWAY_API_KEY}"
      baseURL: "${baseUrl}"
      models:
        default: ["${model}"]
        fetch: true`,
        },
      ]
  }
}

const IN_CONTAINERS: ReadonlySet<Client> = new Set(['open-webui', 'librechat'])

/** Whether the set-up leads nowhere as it stands: in a container, a loopback address is the container itself. */
export function isOutOfReach(client: Client, baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl)
  return IN_CONTAINERS.has(client) && /^(localhost|\[::1\]|127\..*)$/.test(hostname)
}

/** What the examples prefer, best first; else the first there is. */
const SAMPLE_MODELS = ['demo-smart', 'gpt-6.1-sol', 'gpt-6-sol', 'gpt-5.6-sol']

export const sampleModel = (models: readonly string[]): string | undefined =>
  SAMPLE_MODELS.find((model) => models.includes(model)) ?? models[0]
