// How requests with images and sound end: left, broken off, cut short, too large. Each ends in one charge or in none, and leaves
// nothing on disk and nothing held.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { settingsSchema } from '../../contract/settings.ts'
import { type DemoUpstream, startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import { pngOf } from '../../server/demo-upstream/pictures.ts'
import { wavOf } from '../../server/demo-upstream/sounds.ts'
import { createUploadSpool } from '../../server/gateway/media/upload-spool.ts'
import { type Person, type RunningGateway, startGateway } from './support/running-gateway.ts'

const MEBIBYTE = 1024 * 1024
const BALANCE = 100_000_000_000
let gateway: RunningGateway
let person: Person

beforeAll(async () => {
  gateway = await startGateway({ settings: { drainSecondsMax: 10, modelAliases: { ears: 'whisper-1' } } })
  const free = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 }
  for (const price of [
    {
      model: 'gpt-image-2',
      inputNanoUsdPerMTok: 5_000_000_000,
      outputNanoUsdPerMTok: 10_000_000_000,
      imageOutputNanoUsdPerMTok: 30_000_000_000,
    },
    { model: 'whisper-1', ...free, audioInputNanoUsdPerSecond: 100_000 },
    { model: 'tts-1', ...free, speechNanoUsdPerMChar: 15_000_000_000 },
  ])
    expect((await gateway.admin('prices.upsert', price)).ok).toBe(true)
})
afterAll(async () => {
  await gateway.stop()
})
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson(BALANCE)
})

const spooled = () => readdirSync(join(gateway.dataDir, 'uploads'))

/** The one row of the person; what it cost has left the balance, nothing is held, and nothing is left on disk. */
async function theRow() {
  const rows = await gateway.usageOf(person)
  expect(rows).toHaveLength(1)
  const [row] = rows
  if (!row) throw new Error('there is a row')
  expect(await gateway.balanceOf(person)).toBe(BALANCE - row.costNanoUsd)
  await nothingIsLeft()
  return row
}

async function nothingIsLeft(): Promise<void> {
  for (let tries = 0; tries < 500 && spooled().length > 0; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
  expect(spooled()).toEqual([])
  const user = await gateway.admin<{ openHoldsNanoUsd: number }>('users.get', { userId: person.id })
  expect(user.data.openHoldsNanoUsd).toBe(0)
}

const headers = () => ({ authorization: `Bearer ${person.key}` })

function ask(path: string, body: object | FormData, signal?: AbortSignal): Promise<Response> {
  const isForm = body instanceof FormData
  return fetch(`${gateway.url}/v1${path}`, {
    method: 'POST',
    headers: { ...headers(), ...(isForm ? {} : { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })
}

function soundForm(more: Readonly<Record<string, string>> = { model: 'whisper-1' }, ms = 3_000): FormData {
  const form = new FormData()
  form.set('file', new Blob([wavOf(ms)]), 'speech.wav')
  for (const [name, value] of Object.entries(more)) form.set(name, value)
  return form
}

function formOf(fields: readonly (readonly [string, string])[], form = new FormData()): FormData {
  for (const [name, value] of fields) form.append(name, value)
  return form
}

/** The name of a list is another name, and the same member. */
function shortFileFirst(): FormData {
  const form = new FormData()
  form.set('file[]', new Blob(['x']), 'x.raw')
  for (const [name, value] of soundForm()) form.set(name, value)
  return form
}

const codeOf = async (answer: Response) => {
  // Of an error only its code and its place are looked at.
  const { error } = (await answer.json()) as { error: { code: string; param: string | null } }
  return [answer.status, error.code, error.param]
}

const IMAGE = { model: 'gpt-image-2', prompt: 'A gate.', quality: 'low', size: '1024x1024' }
/** Low quality at 1024 by 1024, by the formula of the model. */
const LOW_SQUARE = 16 * 16 * ((2_000_000 + 1_024 * 1_024) / 4_000_000)

describe('images that are streamed', () => {
  test('are charged what the upstream reports in the end, though their client leaves', async () => {
    gateway.upstream.script({ delays: { betweenEventsMs: 50 } })
    const leaving = new AbortController()
    const answer = await ask(
      '/images/generations',
      { ...IMAGE, stream: true, partial_images: 3 },
      leaving.signal,
    )
    await answer.body?.getReader().read()
    leaving.abort()
    // 272 tokens and three previews.
    expect(await theRow()).toMatchObject({ reason: 'client_left', costNanoUsd: 2 * 5_000 + 572 * 30_000 })
  })

  test('that break off behind a preview are estimated by the list, at most the hold', async () => {
    gateway.upstream.script({ cut: { afterEvents: 1 } })
    const answer = await ask('/images/generations', { ...IMAGE, stream: true, partial_images: 1 })
    expect(await answer.text()).toContain('upstream_failed')
    const row = await theRow()
    expect(row).toMatchObject({ reason: 'upstream_failed', outputTokens: Math.ceil(LOW_SQUARE) + 100 })
    expect(row.costNanoUsd).toBeGreaterThan(0)
  })

  test('that break off before anything came cost nothing', async () => {
    gateway.upstream.script({ cut: 'after_headers' })
    await (await ask('/images/generations', { ...IMAGE, stream: true })).text().catch(() => '')
    expect(await theRow()).toMatchObject({ reason: 'upstream_failed', costNanoUsd: 0 })
  })

  test('are charged once where an error ends them', async () => {
    gateway.upstream.script({ streamError: { afterEvents: 1 } })
    const answer = await ask('/images/generations', { ...IMAGE, stream: true, partial_images: 2 })
    expect(await answer.text()).toContain('server_error')
    expect((await theRow()).reason).toBe('upstream_failed')
  })
})

test('images without usage are estimated by the list, and marked so', async () => {
  gateway.upstream.script({ usage: 'missing' })
  expect((await ask('/images/generations', { ...IMAGE, n: 2 })).status).toBe(200)
  expect(await theRow()).toMatchObject({ reason: 'estimated', outputTokens: 2 * Math.ceil(LOW_SQUARE) })
})

test('usage of images that cannot be true is charged at most the hold, and flagged', async () => {
  gateway.upstream.script({ usage: 'absurd' })
  expect((await ask('/images/generations', IMAGE)).status).toBe(200)
  const row = await theRow()
  expect(row.costNanoUsd).toBeLessThan(1_000_000_000)
  const { data } = await gateway.admin<{ flags: { isFlagged: boolean } }>('usage.receipt', {
    requestId: row.requestId,
  })
  expect(data.flags.isFlagged).toBe(true)
})

describe('speech', () => {
  const SPEECH = { model: 'tts-1', input: 'x'.repeat(1_000), voice: 'alloy' }

  test('is charged by its characters, though its client leaves', async () => {
    gateway.upstream.script({ delays: { betweenEventsMs: 2 } })
    const leaving = new AbortController()
    const answer = await ask('/audio/speech', SPEECH, leaving.signal)
    await answer.body?.getReader().read()
    leaving.abort()
    expect(await theRow()).toMatchObject({ reason: 'client_left', costNanoUsd: 1_000 * 15_000 })
  })

  test('that breaks off is charged by its characters, and its connection breaks too', async () => {
    gateway.upstream.script({ cut: { afterEvents: 3 } })
    const answer = await ask('/audio/speech', SPEECH)
    await expect(answer.arrayBuffer()).rejects.toThrow()
    expect(await theRow()).toMatchObject({ reason: 'upstream_failed', costNanoUsd: 1_000 * 15_000 })
  })

  test('streamed as events that break off is charged by its characters', async () => {
    gateway.upstream.script({ cut: { afterEvents: 2 } })
    const answer = await ask('/audio/speech', { ...SPEECH, stream_format: 'sse' })
    expect(await answer.text()).toContain('upstream_failed')
    expect(await theRow()).toMatchObject({ reason: 'upstream_failed', costNanoUsd: 1_000 * 15_000 })
  })

  test('that the upstream refuses costs nothing', async () => {
    gateway.upstream.script({ error: 400 })
    expect((await ask('/audio/speech', SPEECH)).status).toBe(400)
    expect(await theRow()).toMatchObject({ costNanoUsd: 0, reason: 'upstream_failed' })
  })

  test('in a voice of somebody’s own is refused by its place', async () => {
    const asked = await ask('/audio/speech', { ...SPEECH, voice: { id: 'voice_1' } })
    expect(await codeOf(asked)).toEqual([400, 'unsupported_parameter', 'voice'])
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})

describe('a form', () => {
  test('whose client hangs up in the middle leaves nothing behind', async () => {
    const { port } = new URL(gateway.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    const head = `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${person.key}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 5000000\r\n\r\n`
    socket.write(`${head}--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`)
    socket.write(Buffer.alloc(1_000_000))
    for (let tries = 0; tries < 500 && spooled().length === 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(spooled()).toHaveLength(1)
    socket.destroy()
    await nothingIsLeft()
    expect(gateway.upstream.requests).toHaveLength(0)
    expect(await gateway.balanceOf(person)).toBe(BALANCE)
  })

  test('is sent on byte for byte when its client leaves while the upstream works, and is charged', async () => {
    gateway.upstream.script({ delays: { beforeHeadersMs: 1_000 } })
    const leaving = new AbortController()
    const asked = ask('/audio/transcriptions', soundForm(), leaving.signal)
    await expect.poll(() => gateway.upstream.requests.length, { timeout: 10_000 }).toBe(1)
    leaving.abort()
    await expect(asked).rejects.toThrow()
    expect(await theRow()).toMatchObject({ reason: 'client_left', costNanoUsd: 3 * 100_000 })
  })

  test.each([
    ['without a model', soundForm({}), [400, 'missing_parameter', 'model']],
    ['without a file', formOf([['model', 'whisper-1']]), [400, 'missing_parameter', 'file']],
    ['with a short file before the one that is heard', shortFileFirst(), [400, 'invalid_parameter', 'file']],
    ['with two models', formOf([['model', 'cheap']], soundForm()), [400, 'duplicate_member', 'model']],
    ['for a model without a price', soundForm({ model: 'never-priced' }), [404, 'model_not_priced', 'model']],
    [
      'for a model without a price for sound',
      soundForm({ model: 'gpt-image-2' }),
      [404, 'endpoint_not_priced', 'model'],
    ],
  ])('%s is refused, with nothing sent', async (_name, form, refused) => {
    expect(await codeOf(await ask('/audio/transcriptions', form))).toEqual(refused)
    expect(gateway.upstream.requests).toHaveLength(0)
    await nothingIsLeft()
  })

  test('that is none is refused, and so is JSON where a file is needed', async () => {
    const json = await ask('/audio/transcriptions', { model: 'whisper-1' })
    expect(await codeOf(json)).toEqual([415, 'unsupported_media_type', null])
    const broken = await fetch(`${gateway.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'multipart/form-data; boundary=b' },
      body: '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n',
    })
    expect(await codeOf(broken)).toEqual([400, 'invalid_form', null])
    await nothingIsLeft()
  })

  test('whose sound the upstream says to be shorter than nothing is charged as long as it was', async () => {
    gateway.upstream.script({ body: { text: 'One two.', usage: { type: 'duration', seconds: -5 } } })
    expect((await ask('/audio/transcriptions', soundForm())).status).toBe(200)
    expect(await theRow()).toMatchObject({ costNanoUsd: 300_000 })
  })

  test('that is too large is refused before it is sent, or while it comes', async () => {
    const form = soundForm()
    form.set('file', new Blob([Buffer.alloc(27 * 1024 * 1024)]), 'x.wav')
    const announced = await ask('/audio/transcriptions', form)
    expect(await codeOf(announced)).toEqual([413, 'request_too_large', null])
    // What could never have its place on the disk is not asked to come back for one.
    await gateway.admin('settings.update', { formBytesPerUserMax: MEBIBYTE })
    form.set('file', new Blob([Buffer.alloc(MEBIBYTE)]), 'x.wav')
    expect(await codeOf(await ask('/audio/transcriptions', form))).toEqual([413, 'request_too_large', null])
    await gateway.admin('settings.update', { formBytesPerUserMax: 1_100 * MEBIBYTE })
    await nothingIsLeft()
  })

  test('without the balance for it is refused once its length is known', async () => {
    person = await gateway.createPerson(250_000)
    const refused = await ask('/audio/transcriptions', soundForm())
    expect(refused.status).toBe(429)
    const fits = await ask('/audio/transcriptions', soundForm({ model: 'ears' }, 2_000))
    expect(fits.status).toBe(200)
    expect(await gateway.usageOf(person)).toHaveLength(2)
    expect(await gateway.balanceOf(person)).toBe(50_000)
  })

  test('goes to the next upstream, whole, where the first one fails', async () => {
    const spare: DemoUpstream = await startDemoUpstream({ apiKey: 'sk-spare', acceptAnyModel: true })
    const made = await gateway.admin<{ id: string }>('upstreams.create', {
      name: 'Spare',
      baseUrl: spare.baseUrl,
      apiKey: 'sk-spare',
      priority: 200,
      models: [{ model: 'whisper-1', upstreamModel: 'other-whisper' }],
    })
    try {
      gateway.upstream.script({ error: 500 })
      expect((await ask('/audio/transcriptions', soundForm({ model: 'ears' }))).status).toBe(200)
      expect(await theRow()).toMatchObject({ costNanoUsd: 3 * 100_000, model: 'ears' })
      const [first, second] = [gateway.upstream.requests, spare.requests].map((all) =>
        all.at(-1)?.body.toString('latin1'),
      )
      expect(first).toContain('name="model"\r\n\r\nwhisper-1\r\n')
      expect(second).toContain('name="model"\r\n\r\nother-whisper\r\n')
      expect(second?.length).toBe((first?.length ?? 0) + 'other-whisper'.length - 'whisper-1'.length)
    } finally {
      await gateway.admin('upstreams.remove', { upstreamId: made.data.id })
      await spare.stop()
    }
  })
})

test('a file belongs to the upstream that has it: a request that names it goes there, or nowhere', async () => {
  const spare = await startDemoUpstream({ apiKey: 'sk-spare', acceptAnyModel: true })
  const form = new FormData()
  form.set('purpose', 'vision')
  form.set('file', new Blob([pngOf('x')]), 'x.png')
  // Of the answer only the id is looked at.
  const { id } = (await (await ask('/files', form)).json()) as { id: string }
  const made = await gateway.admin<{ id: string }>('upstreams.create', {
    name: 'First',
    baseUrl: spare.baseUrl,
    apiKey: 'sk-spare',
    priority: 1,
  })
  try {
    const images = { ...IMAGE, images: [{ file_id: id }] }
    expect((await ask('/images/edits', images)).status).toBe(200)
    expect(spare.requests).toHaveLength(0)
    expect(gateway.upstream.requests.at(-1)?.path).toBe('/v1/images/edits')
    // What is put in from now on is elsewhere, and both cannot be had in one request.
    const other = (await (await ask('/files', cloneOf(form))).json()) as { id: string }
    const both = await ask('/images/edits', { ...IMAGE, images: [{ file_id: id }, { file_id: other.id }] })
    expect(await codeOf(both)).toEqual([404, 'file_unavailable', 'images[1].file_id'])
  } finally {
    await gateway.admin('upstreams.remove', { upstreamId: made.data.id })
    await spare.stop()
  }
})

test('a file whose upstream is away is known and cannot be had, and once that is removed it can be deleted', async () => {
  const spare = await startDemoUpstream({ apiKey: 'sk-spare', acceptAnyModel: true })
  const made = await gateway.admin<{ id: string }>('upstreams.create', {
    name: 'First',
    baseUrl: spare.baseUrl,
    apiKey: 'sk-spare',
    priority: 1,
  })
  const upstreamId = made.data.id
  const form = () => {
    const fields = new FormData()
    fields.set('purpose', 'vision')
    fields.set('file', new Blob([pngOf('x')]), 'x.png')
    return fields
  }
  const leaver = await gateway.createPerson(BALANCE)
  const put = async (by: Person) => {
    const headers = { authorization: `Bearer ${by.key}` }
    const answer = await fetch(`${gateway.url}/v1/files`, { method: 'POST', headers, body: form() })
    return ((await answer.json()) as { id: string }).id
  }
  const [id] = [await put(person), await put(leaver)]
  const call = (path: string, method = 'GET') =>
    fetch(`${gateway.url}/v1/files${path}`, { method, headers: { authorization: `Bearer ${person.key}` } })
  const shown = async (path = `/${id}`) => (await (await call(path)).json()) as Record<string, never>
  const images = { ...IMAGE, images: [{ file_id: id }] }
  expect(await shown()).toMatchObject({ id, status: 'processed' })
  spare.reset()
  gateway.upstream.reset()

  await gateway.admin('upstreams.change', { upstreamId, isEnabled: false })
  expect(await shown()).toMatchObject({ status: 'error', status_details: expect.stringContaining('off') })
  expect(await codeOf(await call(`/${id}/content`))).toEqual([404, 'file_unavailable', null])
  expect(await codeOf(await ask('/images/edits', images))).toEqual([
    404,
    'file_unavailable',
    'images[0].file_id',
  ])
  // It may come back, so whoever wants it deleted has to wait until it does.
  expect(await codeOf(await call(`/${id}`, 'DELETE'))).toEqual([404, 'file_unavailable', null])

  await gateway.admin('upstreams.remove', { upstreamId })
  const lost = { id, filename: 'x.png', status: 'error', status_details: expect.stringContaining('removed') }
  expect(await shown('')).toMatchObject({ data: [lost] })
  expect(await shown()).toMatchObject(lost)
  expect(await codeOf(await ask('/images/edits', images))).toEqual([
    404,
    'file_unavailable',
    'images[0].file_id',
  ])
  expect(await (await call(`/${id}`, 'DELETE')).json()).toEqual({ id, object: 'file', deleted: true })
  expect(await shown('')).toMatchObject({ data: [] })
  expect(await codeOf(await call(`/${id}`))).toEqual([404, 'file_not_found', null])

  expect(filesOf(leaver)).toHaveLength(1)
  await gateway.admin('users.delete', { userId: leaver.id, confirmEmail: leaver.email })
  await expect.poll(() => filesOf(leaver)).toEqual([])
  expect([spare.requests, gateway.upstream.requests]).toEqual([[], []])
  await spare.stop()
})

test('the files of somebody who is deleted are deleted upstream, when it answers again and after a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'codex-gateway-files-'))
  const settings = { dataDir, upstreamBaseUrl: gateway.upstream.baseUrl }
  const first = await startGateway(settings)
  const made = await first.createPerson(BALANCE)
  const form = new FormData()
  form.set('purpose', 'vision')
  form.set('file', new Blob([pngOf('x')]), 'x.png')
  const put = await fetch(`${first.url}/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.key}` },
    body: form,
  })
  // Of the answer only the id is looked at.
  const { id } = (await put.json()) as { id: string }
  const removals = () =>
    gateway.upstream.requests.filter(({ method, path }) => method === 'DELETE' && path === `/v1/files/${id}`)
  gateway.upstream.script({ error: 503 })
  const { data } = await first.admin<{ email: string }>('users.get', { userId: made.id })
  expect((await first.admin('users.delete', { userId: made.id, confirmEmail: data.email })).ok).toBe(true)
  await expect.poll(() => removals().length).toBe(1)
  await first.stop()
  const second = await startGateway(settings)
  await expect.poll(() => removals().length).toBe(2)
  await second.stop()
  const third = await startGateway(settings)
  await third.admin('users.list')
  await third.stop()
  expect(removals().map(({ status }) => status)).toEqual([503, 200])
  rmSync(dataDir, { recursive: true })
})

function filesOf({ id }: Person): readonly unknown[] {
  const database = new Database(join(gateway.dataDir, 'gateway.db'), { readonly: true })
  const rows = database.prepare('select id from files where user_id = ?').all(id)
  database.close()
  return rows
}

function cloneOf(form: FormData): FormData {
  const copy = new FormData()
  for (const [name, value] of form) copy.append(name, value)
  return copy
}

test('what a crash has left on disk is gone when the spool is made, and a disk that is nearly full takes nothing', async () => {
  const directory = join(gateway.dataDir, 'another-spool')
  const bounds = () => settingsSchema.parse({})
  createUploadSpool(directory, bounds)
  writeFileSync(join(directory, 'req_left'), 'half a form')
  const spool = createUploadSpool(directory, bounds, { freeBytesMin: Number.MAX_SAFE_INTEGER })
  expect(readdirSync(directory)).toEqual([])
  expect(await spool.shareFor('req_1', 'user_1').open(10)).toBe('no_room')
})

test('forms that come at the same time are not given the same room on the disk', async () => {
  const directory = join(gateway.dataDir, 'shared-spool')
  const bounds = () => settingsSchema.parse({})
  const spool = createUploadSpool(directory, bounds, {
    freeBytesMin: 50,
    freeBytes: () => Promise.resolve(110),
  })
  const shares = ['ann', 'ben', 'cleo'].map((user) => spool.shareFor(user, user))
  const [first, second, third] = await Promise.all(shares.map((share) => share.open(30)))
  expect([typeof first, typeof second, third]).toEqual(['object', 'object', 'no_room'])
  // What has been written is not free any more, and is kept for nobody twice.
  if (typeof first === 'object') await first.write(Buffer.alloc(20))
  const next = spool.shareFor('dora', 'dora')
  expect(await next.open(21)).toBe('no_room')
  expect(await next.open(20)).toBeTypeOf('object')
  await Promise.all([...shares, next].map((share) => share.release()))
  expect(await shares[2]?.open(60)).toBeTypeOf('object')
  await shares[2]?.release()
  expect(spool.bytes).toBe(0)
})

test('one person fills no more than their part of the disk, and gives it back', async () => {
  const spool = createUploadSpool(join(gateway.dataDir, 'small-spool'), () => ({
    formBytesPerUserMax: 10,
    formBytesMax: 15,
  }))
  const [first, second, other] = [
    spool.shareFor('a', 'ann'),
    spool.shareFor('b', 'ann'),
    spool.shareFor('c', 'ben'),
  ]
  const files = await Promise.all([first, second, other].map((share) => share.open(0)))
  const grow = (index: number, toBytes: number) => {
    const file = files[index]
    return typeof file === 'object' && file.grow(toBytes)
  }
  expect([grow(0, 6), grow(1, 6), grow(2, 6)]).toEqual([true, false, true])
  expect([grow(2, 10), grow(2, 9), grow(0, 5)]).toEqual([false, true, true])
  // What somebody announces counts like what they send.
  expect(await spool.shareFor('d', 'cleo').open(1)).toBe('no_share')
  await Promise.all([first, second, other].map((share) => share.release()))
  expect(spool.bytes).toBe(0)
  expect(readdirSync(join(gateway.dataDir, 'small-spool'))).toEqual([])
})
