// Ready-made set-ups for clients, filled with the address the reader used and a model that exists here.

export interface Snippet {
  readonly client: 'codex' | 'python' | 'js' | 'curl'
  readonly name: string
  readonly parts: readonly { readonly id: string; readonly where: string; readonly text: string }[]
}

const KEY = 'sk-cg-…'

export const clientSnippets = (baseUrl: string, model: string): readonly Snippet[] => [
  {
    client: 'codex',
    name: 'Codex CLI',
    parts: [
      {
        id: 'codex-config',
        // A profile in a file of its own: what the person has in config.toml stays as it is.
        where: '~/.codex/gateway.config.toml',
        text: `model_provider = "gateway"
model = "${model}"

[model_providers.gateway]
name = "Codex Gateway"
base_url = "${baseUrl}"
env_key = "GATEWAY_API_KEY"
wire_api = "responses"
`,
      },
      {
        id: 'codex-run',
        where: 'Shell',
        text: `export GATEWAY_API_KEY="${KEY}"
codex --profile gateway
`,
      },
    ],
  },
  {
    client: 'python',
    name: 'Python',
    parts: [
      {
        id: 'python-code',
        where: 'pip install openai',
        text: `from openai import OpenAI

client = OpenAI(
    base_url="${baseUrl}",
    api_key="${KEY}",
)

stream = client.responses.create(
    model="${model}",
    input="Say hello.",
    stream=True,
)
for event in stream:
    if event.type == "response.output_text.delta":
        print(event.delta, end="", flush=True)
`,
      },
    ],
  },
  {
    client: 'js',
    name: 'JavaScript',
    parts: [
      {
        id: 'js-code',
        where: 'npm install openai',
        text: `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: '${baseUrl}',
  apiKey: '${KEY}',
})

const stream = await client.responses.create({
  model: '${model}',
  input: 'Say hello.',
  stream: true,
})
for await (const event of stream) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta)
}
`,
      },
    ],
  },
  {
    client: 'curl',
    name: 'curl',
    parts: [
      {
        id: 'curl-code',
        where: 'Shell',
        text: `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${KEY}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "${model}",
    "messages": [{"role": "user", "content": "Say hello."}]
  }'
`,
      },
    ],
  },
]

/** A cookie jar carries the session from the first call to the second. */
export const keySnippet = (origin: string): string => `gateway() {
  curl -s -b cg.jar -c cg.jar "${origin}/api/$1" \\
    -H 'Content-Type: application/json' \\
    -H 'X-Requested-With: codex-gateway' \\
    -d "$2"
}
gateway auth.login '{"email":"you@example.com","password":"…"}'
gateway keys.create '{"name":"laptop"}'
`

export const setupSnippet = (origin: string): string => `curl -s ${origin}/api/setup.complete \\
  -H 'Content-Type: application/json' \\
  -H 'X-Requested-With: codex-gateway' \\
  -d '{
    "token": "the token from the terminal",
    "admin": {"email": "you@example.com", "password": "at least 10 characters"},
    "upstream": {"kind": "openai", "apiKey": "sk-…"}
  }'
`

export const unattendedSnippet = `CODEX_GATEWAY_ADMIN_EMAIL=you@example.com \\
CODEX_GATEWAY_ADMIN_PASSWORD='at least 10 characters' \\
OPENAI_API_KEY=sk-… \\
npm run headless
`

export const upstreamSnippet = `OPENAI_API_KEY=sk-… CODEX_GATEWAY_UPSTREAM=openai npm run headless
`
