// Request lines and headers as bytes: paths with tricks, methods, names and values that no client sends, lengths that lie.
import { createSeeded, type Seeded } from '../../faults/support/seeded.ts'
import { TEST_MODEL } from '../../integration/support/running-gateway.ts'
import { wrongAnswer } from '../support/answers.ts'
import { type FuzzArea, runCases, seedOf, several } from '../support/area.ts'
import { junkText } from '../support/junk.ts'
import { onOpenAiSide } from '../support/openai-side.ts'
import { exchangeRaw } from '../support/raw-exchange.ts'

const BODY = JSON.stringify({ model: TEST_MODEL, messages: [{ role: 'user', content: 'Hi' }] })

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'POST',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'get',
  'QUERY',
]
const SEGMENTS: readonly string[] = [
  'v1 api chat completions responses compact input_tokens embeddings moderations models organization costs files',
  'batches realtime admin setup login keys healthz readyz metrics hello assets events me.get users.list auth.login',
  '.. . %2e%2e %2f %5c %00 %ff %zz ; ;a=b * ? # @ : test-model gpt-5 %E6%B5%8B V1 Chat __proto__ constructor',
].flatMap((line) => line.split(' '))
const STARTS = [
  '/',
  '/',
  '/v1/',
  '/v1/',
  '/api/v1/',
  '/api/',
  '//',
  '/v1//',
  '\\',
  '',
  'http://127.0.0.1/v1/',
  '*',
]

function targetOf(seeded: Seeded): string {
  if (seeded.percent(20)) return '/v1/chat/completions'
  const joined = several(seeded, 0, 5, () => seeded.pick(SEGMENTS)).join(
    seeded.pick(['/', '/', '/', '//', '\\', '']),
  )
  const query = seeded.percent(20)
    ? `?${encodeURIComponent(junkText(seeded).toWellFormed()).slice(0, 200)}=${seeded.pick(SEGMENTS)}`
    : ''
  return (seeded.pick(STARTS) + joined + query).replace(/[\s\0]/g, '')
}

const HEADER_NAMES: readonly string[] = [
  'authorization x-api-key api-key cookie host connection keep-alive te trailer upgrade transfer-encoding expect',
  'content-length content-type content-encoding accept accept-encoding accept-language origin referer user-agent',
  'x-requested-with x-forwarded-for x-forwarded-host forwarded via sec-fetch-site access-control-request-method',
  'openai-organization openai-beta x-stainless-lang x-client-request-id session_id traceparent if-none-match range',
  'x-http-method-override x-original-url proxy-authorization sec-websocket-key',
].flatMap((line) => line.split(' '))

function headerOf(seeded: Seeded, key: string): string {
  const name = seeded.percent(85) ? seeded.pick(HEADER_NAMES) : junkText(seeded)
  const value = seeded.weighted<() => string>([
    [2, () => `Bearer ${key}`],
    [1, () => key],
    [1, () => `Bearer ${key.slice(0, -1)}`],
    [1, () => `Basic ${Buffer.from(`x:${key}`).toString('base64')}`],
    [
      2,
      () =>
        seeded.pick([
          'gzip',
          'br',
          'zstd',
          'deflate',
          'identity',
          'chunked',
          'gzip, gzip',
          'close',
          'upgrade',
        ]),
    ],
    [
      2,
      () =>
        seeded.pick([
          'websocket',
          '100-continue',
          'text/html',
          'application/json',
          'text/plain',
          'null',
          '*/*',
        ]),
    ],
    [2, () => String(seeded.int(-2, 100_000))],
    [2, () => junkText(seeded)],
    [1, () => 'x'.repeat(seeded.int(0, 20_000))],
  ])()
  const colon = seeded.percent(96) ? ': ' : seeded.pick([':', ' : ', '', ':\t', ':\r\n '])
  return name + colon + value
}

/** The lines of a request, and its body: a part each. */
function linesOf(seeded: Seeded, key: string, port: number): string[] {
  const isDeclared = seeded.percent(80)
  const hasKey = seeded.percent(75)
  return [
    `${seeded.pick(METHODS)} ${targetOf(seeded)} HTTP/${seeded.percent(96) ? '1.1' : seeded.pick(['1.0', '2.0', '0.9', 'x'])}`,
    ...(seeded.percent(92) ? [`host: 127.0.0.1:${port}`] : []),
    ...(hasKey ? [`authorization: Bearer ${key}`] : []),
    ...(isDeclared ? [`content-length: ${BODY.length}`, 'content-type: application/json'] : []),
    ...several(seeded, 0, 4, () => headerOf(seeded, key)),
    '',
    ...(isDeclared || seeded.percent(10) ? [BODY] : ['']),
  ]
}

export const requests: FuzzArea = {
  name: 'requests',
  run: ({ seed, cases }) =>
    onOpenAiSide(({ person, port }) =>
      runCases(
        'requests',
        { seed, cases },
        (number) => ({
          parts: linesOf(createSeeded(seedOf(seed, number)), person.key, port),
          async look(parts) {
            const { answer, bytes } = await exchangeRaw(port, Buffer.from(parts.join('\r\n')))
            // Half a request is answered by the end of its connection.
            if (answer === undefined) return bytes === 0 ? undefined : 'what is no answer of HTTP'
            return wrongAnswer(answer)
          },
        }),
        (parts) => JSON.stringify(parts),
      ),
    ),
}
