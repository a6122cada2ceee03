// Bodies of every endpoint: right ones, right ones with something changed, right ones with damage, and junk.
import { randomUUID } from 'node:crypto'
import { createSeeded, type Seeded } from '../../faults/support/seeded.ts'
import { TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { wrongOpenAiAnswer } from '../support/answers.ts'
import { ANSWER_MS_MAX, type FuzzArea, runCases, seedOf } from '../support/area.ts'
import { UPSTREAM_PATHS } from '../support/fuzz-upstream.ts'
import { damaged, type Json, jsonText, junkJson, mutated } from '../support/junk.ts'
import { FUZZ_PROMPT, MEDIA_MODEL, type OpenAiSide, onOpenAiSide } from '../support/openai-side.ts'

const USER = { role: 'user', content: 'Tell me about gates.' }
const FUNCTION = {
  name: 'look',
  parameters: { type: 'object', properties: { at: { type: 'string' } } },
}
const IMAGE = 'data:image/png;base64,iVBORw0KGgo='

/** Bodies that are right, as clients send them. */
const BODIES: Readonly<Record<(typeof UPSTREAM_PATHS)[number], readonly Json[]>> = {
  '/v1/chat/completions': [
    { model: TEST_MODEL, messages: [USER] },
    {
      model: TEST_MODEL,
      messages: [{ role: 'system', content: 'Be brief.' }, USER],
      stream: true,
      stream_options: { include_usage: true },
      n: 2,
      max_completion_tokens: 64,
    },
    {
      model: TEST_MODEL,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: IMAGE, detail: 'low' } },
          ],
        },
        {
          role: 'assistant',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'seen' },
      ],
      tools: [{ type: 'function', function: FUNCTION }],
      tool_choice: 'auto',
    },
  ],
  '/v1/responses': [
    { model: TEST_MODEL, input: 'Tell me about gates.' },
    {
      model: TEST_MODEL,
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Look' }] },
        { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'seen' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
      ],
      tools: [{ type: 'function', ...FUNCTION }, { type: 'web_search' }],
      reasoning: { effort: 'low' },
      include: ['reasoning.encrypted_content'],
      max_output_tokens: 64,
      store: false,
      stream: true,
    },
    {
      model: TEST_MODEL,
      input: [
        {
          type: 'additional_tools',
          tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'web_search' }] }],
        },
        { type: 'code_interpreter_call', id: 'ci_1', code: '1', container_id: 'cntr_1' },
      ],
      tools: [
        { type: 'file_search', vector_store_ids: ['vs_1'] },
        { type: 'code_interpreter', container: { type: 'auto' } },
        { type: 'image_generation', model: TEST_MODEL },
      ],
      tool_choice: { type: 'allowed_tools', tools: [{ type: 'file_search' }] },
      max_tool_calls: 3,
      prompt_cache_key: 'thread',
    },
    {
      model: TEST_MODEL,
      prompt: {
        id: FUZZ_PROMPT,
        version: '2',
        variables: { name: 'gate', about: { type: 'input_text', text: 'Look' } },
      },
      tool_choice: { type: 'image_generation' },
      stream: true,
    },
  ],
  '/v1/responses/compact': [{ model: TEST_MODEL, input: [USER] }],
  '/v1/responses/input_tokens': [{ model: TEST_MODEL, input: 'Count this.' }],
  '/v1/completions': [
    { model: TEST_MODEL, prompt: 'Once', max_tokens: 16 },
    { model: TEST_MODEL, prompt: ['Once', 'Twice'], n: 2, best_of: 3, stream: true, max_tokens: 16 },
  ],
  '/v1/embeddings': [
    { model: TEST_MODEL, input: ['Gates', 'Walls'] },
    { model: TEST_MODEL, input: [1, 2, 3] },
  ],
  '/v1/moderations': [{ model: TEST_MODEL, input: 'Gates' }],
  '/v1/images/generations': [
    { model: MEDIA_MODEL, prompt: 'A gate.', n: 2, size: '1024x1024', quality: 'low' },
    { model: MEDIA_MODEL, prompt: 'A gate.', stream: true, partial_images: 2, output_format: 'png' },
    { model: MEDIA_MODEL, prompt: 'A gate.', output_format: 'svg', svg: { model: TEST_MODEL } },
  ],
  '/v1/images/edits': [
    { model: MEDIA_MODEL, prompt: 'A gate.', images: [{ image_url: IMAGE }], stream: true },
    { model: MEDIA_MODEL, prompt: 'A gate.', images: [{ image_url: IMAGE }], mask: { image_url: IMAGE } },
  ],
  '/v1/audio/speech': [
    { model: MEDIA_MODEL, input: 'Say 月亮门.', voice: 'alloy', speed: 0.5 },
    { model: MEDIA_MODEL, input: 'Say it.', voice: 'alloy', response_format: 'pcm', instructions: 'Softly.' },
  ],
}

/** Members that mean something to somebody. */
const NAMES: readonly string[] = [
  'model messages input prompt stream stream_options n best_of max_tokens max_completion_tokens max_output_tokens',
  'tools tool_choice parallel_tool_calls functions previous_response_id conversation background store user metadata',
  'service_tier reasoning reasoning_effort modalities audio web_search_options response_format text logprobs include',
  'instructions truncation dimensions encoding_format role content type id image_url file_id url file input_audio name',
  'prompt images image mask size quality partial_images output_format svg frame_count voice speed stream_format input_fidelity',
  'arguments output summary encrypted_content prompt_cache_key safety_identifier prediction seed stop suffix detail',
  'max_tool_calls version variables container container_id vector_store_ids memory_limit output_format',
].flatMap((line) => line.split(' '))

function bodyOf(seeded: Seeded, valid: Json): Buffer {
  let value = valid
  for (let times = seeded.int(0, 3); times > 0; times -= 1) value = mutated(value, seeded, NAMES)
  if (seeded.percent(5)) value = junkJson(seeded)
  const bytes = Buffer.from(jsonText(value, seeded))
  return seeded.percent(15) ? damaged(bytes, seeded) : bytes
}

export const bodies: FuzzArea = {
  name: 'bodies',
  run: ({ seed, cases }) =>
    onOpenAiSide((side) =>
      runCases(
        'bodies',
        { seed, cases },
        (number) => {
          const seeded = createSeeded(seedOf(seed, number))
          const path = seeded.pick(UPSTREAM_PATHS)
          const bytes = bodyOf(seeded, seeded.pick(BODIES[path]))
          // One character for each byte.
          const parts = [...bytes.toString('latin1')]
          const prefix = seeded.pick(['', '', '/api'])
          return { parts, look: (left) => lookAt(side, prefix + path, left.join('')) }
        },
        (parts) => parts.join(''),
      ),
    ),
}

async function lookAt(
  { gateway, person }: OpenAiSide,
  path: string,
  latin1: string,
): Promise<string | undefined> {
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: {
      authorization: `Bearer ${person.key}`,
      'content-type': 'application/json',
      'x-client-request-id': randomUUID(),
    },
    body: new Uint8Array(Buffer.from(latin1, 'latin1')),
  })
  const headers = Object.fromEntries(response.headers)
  const wrong = wrongOpenAiAnswer({ status: response.status, headers, text: await response.text() })
  return wrong === undefined ? undefined : `${path}: ${wrong}`
}
