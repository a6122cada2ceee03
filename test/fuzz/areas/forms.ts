// Forms of the endpoints that take files: right ones, and right ones with something put in, left out or damaged. Whatever of it
// reaches the upstream says there what it said here, to another parser too; whatever does not is refused in good form, and
// nothing of either is left on disk or held.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { wavOf } from '../../../server/demo-upstream/sounds.ts'
import { createSeeded, type Seeded } from '../../faults/support/seeded.ts'
import { type Person, type RunningGateway, startGateway } from '../../integration/support/running-gateway.ts'
import { wrongOpenAiError } from '../support/answers.ts'
import { ANSWER_MS_MAX, type FuzzArea, runCases, seedOf } from '../support/area.ts'
import { damaged } from '../support/junk.ts'
import { defectsIn } from '../support/openai-side.ts'

const MODEL = 'whisper-1'
const DEARER = 'whisper-dear'
const BOUNDARY = 'x-Form_1'
const PURSE_NANO_USD = 1_000_000_000_000
const SOUND = wavOf(300).toString('latin1')

const disposition = (name: string, more = '') =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`
const field = (name: string, value: string) => [disposition(name), value, '\r\n']
const file = () => [disposition('file', '; filename="a.wav"'), SOUND, '\r\n']
const END = `--${BOUNDARY}--\r\n`

/** What somebody might put in so that one parser reads another model than the other. */
const TRICKS: readonly (readonly string[])[] = [
  field('model', DEARER),
  field('model[]', DEARER),
  field('MODEL', DEARER),
  [disposition('model', '; filename="m"'), DEARER, '\r\n'],
  [`--${BOUNDARY}\r\nContent-Disposition: form-data; name=model\r\n\r\n`, DEARER, '\r\n'],
  [`--${BOUNDARY}\nContent-Disposition: form-data; name="model"\n\n`, DEARER, '\n'],
  [`--${BOUNDARY}\r\ncontent-disposition:form-data;name="model"\r\n\r\n`, DEARER, '\r\n'],
  [`--${BOUNDARY} \r\nContent-Disposition: form-data; name="model"\r\n\r\n`, DEARER, '\r\n'],
  [`--${BOUNDARY}\r\nContent-Disposition: form-data; name="x"; name="model"\r\n\r\n`, DEARER, '\r\n'],
  [`--${BOUNDARY}\r\nContent-Disposition: form-data; name*=utf-8''model\r\n\r\n`, DEARER, '\r\n'],
  [
    `--${BOUNDARY}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name="model"\r\n\r\n`,
    'eA==',
    '\r\n',
  ],
  field('_charset_', 'utf-16'),
  field('response_format', 'text'),
  field('temperature', '0.2'),
  [END],
  ['\r\n'],
  ['preamble'],
]

function partsOf(seeded: Seeded): string[] {
  const parts = [
    ...(seeded.percent(50) ? [file(), field('model', MODEL)] : [field('model', MODEL), file()]),
    [END],
  ]
  for (let times = seeded.int(0, 3); times > 0; times -= 1)
    parts.splice(seeded.int(0, parts.length), 0, [...seeded.pick(TRICKS)])
  if (seeded.percent(10)) parts.splice(seeded.int(0, parts.length - 1), 1)
  const pieces = parts.flat()
  if (!seeded.percent(25)) return pieces
  const at = seeded.int(0, pieces.length - 1)
  const bytes = damaged(Buffer.from(pieces[at] ?? '', 'latin1'), seeded)
  return pieces.with(at, bytes.toString('latin1'))
}

export const forms: FuzzArea = {
  name: 'forms',
  async run({ seed, cases }) {
    const gateway = await startGateway()
    try {
      const person = await preparedPerson(gateway)
      const caseOf = (number: number) => {
        const parts = partsOf(createSeeded(seedOf(seed, number)))
        return { parts, look: (left: readonly string[]) => lookAt(gateway, person, left.join('')) }
      }
      const problems = await runCases('forms', { seed, cases }, caseOf, (parts) => parts.join(''))
      return [...problems, ...(await reckoning(gateway, person))]
    } finally {
      await gateway.stop()
    }
  },
}

async function preparedPerson(gateway: RunningGateway): Promise<Person> {
  const free = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 }
  await gateway.admin('prices.upsert', { model: MODEL, ...free, audioInputNanoUsdPerSecond: 1_000 })
  await gateway.admin('prices.upsert', { model: DEARER, ...free, audioInputNanoUsdPerSecond: 1_000_000 })
  return gateway.createPerson(PURSE_NANO_USD)
}

async function lookAt(gateway: RunningGateway, { key }: Person, latin1: string): Promise<string | undefined> {
  const response = await fetch(`${gateway.url}/v1/audio/transcriptions`, {
    method: 'POST',
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    },
    body: new Uint8Array(Buffer.from(latin1, 'latin1')),
  })
  const headers = Object.fromEntries(response.headers)
  const text = await response.text()
  if (headers['x-request-id'] === undefined) return `no x-request-id with ${response.status}`
  return response.status === 200
    ? undefined
    : wrongOpenAiError({ status: response.status, headers, text }, true)
}

/** The form without its sound. */
const shown = (body: Buffer): string =>
  JSON.stringify(body.toString('latin1').replaceAll(SOUND, '…')).slice(0, 1_000)

async function reckoning(gateway: RunningGateway, person: Person): Promise<readonly string[]> {
  const rows = await gateway.usageOf(person)
  const problems: string[] = [...defectsIn(gateway.log)]
  const user = await gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: person.id })
  if (user.data.openHoldsNanoUsd !== 0) problems.push(`${user.data.openHoldsNanoUsd} are still held`)
  const left = readdirSync(join(gateway.dataDir, 'uploads'))
  if (left.length > 0) problems.push(`left on disk: ${left.join(', ')}`)
  const wrong = rows.find(({ costNanoUsd, model }) => costNanoUsd > 0 && model !== MODEL && model !== DEARER)
  if (wrong) problems.push(`charged for ${wrong.model}`)
  for (const { headers, body } of gateway.upstream.requests) {
    // Another parser than ours: what it reads is what a server may run.
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    })
      .formData()
      .catch((error: unknown) => String(error))
    if (typeof form === 'string')
      problems.push(`sent upstream, and no form to another parser: ${form}\n${shown(body)}`)
    else if (form.getAll('model').length !== 1)
      problems.push(`sent upstream: ${form.getAll('model').join(', ')}`)
  }
  return problems
}
