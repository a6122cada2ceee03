// Files as inputs: two people who cannot see each other's, one upstream that holds both, and requests that name them.
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from '../integration/support/running-gateway.ts'

let gateway: RunningGateway
let ann: OpenAI
let ben: OpenAI
let annPerson: Person

const clientOf = ({ key }: Person) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 })

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.stop())
beforeEach(async () => {
  gateway.upstream.reset()
  annPerson = await gateway.createPerson()
  ann = clientOf(annPerson)
  ben = clientOf(await gateway.createPerson())
})

const note = (text = 'A note.', name = 'note.txt') => toFile(Buffer.from(text), name)
const put = async (client: OpenAI, text?: string) =>
  client.files.create({ file: await note(text), purpose: 'user_data' })
const sent = () => gateway.upstream.requests.map(({ method, path }) => `${method} ${path}`)
const NOT_FOUND = { status: 404, code: 'file_not_found' }

describe('a file', () => {
  test('is put in, read, listed, fetched and deleted by the person whose it is, for nothing', async () => {
    const file = await put(ann, 'Seven words about a gate, no more.')
    expect(file).toMatchObject({ object: 'file', filename: 'note.txt', purpose: 'user_data', bytes: 34 })
    expect(await ann.files.retrieve(file.id)).toMatchObject({ id: file.id })
    expect((await ann.files.list()).data.map(({ id }) => id)).toEqual([file.id])
    const content = await ann.files.content(file.id)
    expect(await content.text()).toBe('Seven words about a gate, no more.')
    expect(content.headers.get('content-type')).toBe('application/octet-stream')
    expect(await ann.files.delete(file.id)).toMatchObject({ id: file.id, deleted: true })
    expect((await ann.files.list()).data).toEqual([])
    await expect(ann.files.retrieve(file.id)).rejects.toMatchObject(NOT_FOUND)
    expect(await gateway.usageOf(annPerson)).toEqual([])
  })

  test('is answered to HEAD as to GET, without its body', async () => {
    const { id } = await put(ann)
    const headers = { authorization: `Bearer ${annPerson.key}` }
    for (const path of ['/v1/files', `/v1/files/${id}`, `/v1/files/${id}/content`]) {
      const [got, head] = await Promise.all(
        ['GET', 'HEAD'].map((method) => fetch(gateway.url + path, { method, headers })),
      )
      expect([path, head?.status, await head?.text()]).toEqual([path, 200, ''])
      for (const name of ['content-type', 'content-length', 'content-disposition', 'etag'])
        expect(head?.headers.get(name)).toBe(got?.headers.get(name))
      await got?.text()
    }
    const missing = await fetch(`${gateway.url}/v1/files/file-none`, { method: 'HEAD', headers })
    expect([missing.status, await missing.text()]).toEqual([404, ''])
    const refused = await fetch(`${gateway.url}/v1/files`, { method: 'PUT', headers })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD'])
    await ann.files.delete(id)
  })

  test('of somebody else is not found in the path, in the query and in the body, and nothing is sent', async () => {
    const { id } = await put(ann)
    gateway.upstream.reset()
    const asked = [
      () => ben.files.retrieve(id),
      () => ben.files.content(id),
      () => ben.files.delete(id),
      () => ben.files.list({ after: id }),
      () =>
        ben.responses.create({
          model: TEST_MODEL,
          input: [{ role: 'user', content: [{ type: 'input_file', file_id: id }] }],
        }),
      () =>
        ben.responses.create({
          model: TEST_MODEL,
          input: [{ role: 'user', content: [{ type: 'input_image', file_id: id, detail: 'auto' }] }],
        }),
      () =>
        ben.chat.completions.create({
          model: TEST_MODEL,
          messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: id } }] }],
        }),
    ]
    for (const ask of asked) await expect(ask()).rejects.toMatchObject(NOT_FOUND)
    expect((await ben.files.list()).data).toEqual([])
    expect(sent()).toEqual([])
  })

  test('may be named in a request of its owner, with the place told where it is not theirs', async () => {
    const { id } = await put(ann)
    gateway.upstream.reset()
    const input = (fileId: string) => [
      { role: 'user' as const, content: [{ type: 'input_file' as const, file_id: fileId }] },
    ]
    // The demo does not look into files; that it was sent there is what matters.
    await ann.responses.create({ model: TEST_MODEL, input: input(id) }).catch(() => undefined)
    expect(sent()).toEqual(['POST /v1/responses'])
    const unknown = ann.responses.create({ model: TEST_MODEL, input: input('file-nobodys') })
    await expect(unknown).rejects.toMatchObject({ ...NOT_FOUND, param: 'input[0].content[0].file_id' })
  })

  test('that is named makes the hold as large as the window, whatever the file is', async () => {
    const poor = await gateway.createPerson(50_000_000)
    const client = clientOf(poor)
    const { id } = await put(client)
    const content = [{ type: 'input_file' as const, file_id: id }]
    // A window of 128,000 tokens at up to $2.50 a million is more than five cents.
    const asked = client.responses.create({
      model: TEST_MODEL,
      input: [{ role: 'user', content }],
      max_output_tokens: 16,
    })
    await expect(asked).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
  })

  test('is refused for purposes that are no inputs, and without one', async () => {
    const batch = ann.files.create({ file: await note('{}', 'a.jsonl'), purpose: 'batch' })
    await expect(batch).rejects.toMatchObject({ status: 400, code: 'invalid_parameter', param: 'purpose' })
    const form = new FormData()
    form.set('file', new Blob(['x']), 'x.txt')
    const bare = await fetch(`${gateway.url}/v1/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${annPerson.key}` },
      body: form,
    })
    expect(await bare.json()).toMatchObject({ error: { code: 'missing_parameter', param: 'purpose' } })
    expect(sent()).toEqual([])
  })
})

test('lists go on from page to page, in either order, and by purpose', async () => {
  const made: string[] = []
  for (const text of ['1', '2', '3']) made.push((await put(ann, text)).id)
  await ann.files.create({ file: await note('4'), purpose: 'vision' })
  await put(ben, 'not of this list')
  const paged: string[] = []
  for await (const { id } of ann.files.list({ limit: 2, order: 'asc', purpose: 'user_data' })) paged.push(id)
  expect(paged).toEqual(made)
  const backwards: string[] = []
  for await (const { id } of ann.files.list({ limit: 1 })) backwards.push(id)
  expect(backwards.slice(1)).toEqual([...made].reverse())
  await expect(ann.files.list({ limit: 0 })).rejects.toMatchObject({ status: 400, param: 'limit' })
})

describe('a file in parts', () => {
  const begin = (client: OpenAI, bytes: number) =>
    client.uploads.create({ bytes, filename: 'long.txt', mime_type: 'text/plain', purpose: 'user_data' })
  const part = async (client: OpenAI, uploadId: string, text: string) =>
    client.uploads.parts.create(uploadId, { data: await note(text) })

  test('is completed by the person who began it, and is theirs', async () => {
    const upload = await begin(ann, 8)
    const first = await part(ann, upload.id, 'one ')
    const second = await part(ann, upload.id, 'two.')
    const done = await ann.uploads.complete(upload.id, { part_ids: [first.id, second.id] })
    const id = done.file?.id ?? ''
    expect(await (await ann.files.content(id)).text()).toBe('one two.')
    await expect(ben.files.retrieve(id)).rejects.toMatchObject(NOT_FOUND)
    await expect(ann.uploads.cancel(upload.id)).rejects.toMatchObject({ code: 'file_upload_not_found' })
  })

  test('is nobody else’s: neither the upload nor its parts', async () => {
    const mine = await begin(ann, 4)
    const theirs = await begin(ben, 4)
    const stolen = await part(ben, theirs.id, 'ben.')
    gateway.upstream.reset()
    const missing = { status: 404, code: 'file_upload_not_found' }
    await expect(part(ben, mine.id, 'ben.')).rejects.toMatchObject(missing)
    await expect(ben.uploads.cancel(mine.id)).rejects.toMatchObject(missing)
    await expect(ben.uploads.complete(mine.id, { part_ids: [stolen.id] })).rejects.toMatchObject(missing)
    const foreign = ann.uploads.complete(mine.id, { part_ids: [stolen.id] })
    await expect(foreign).rejects.toMatchObject({ status: 400, param: 'part_ids' })
    expect(sent()).toEqual([])
  })

  test('takes no more than was announced, and is given up', async () => {
    const upload = await begin(ann, 4)
    await expect(part(ann, upload.id, 'far too long')).rejects.toMatchObject({ status: 400, param: 'data' })
    expect(await ann.uploads.cancel(upload.id)).toMatchObject({ status: 'cancelled' })
  })

  test('is refused where more is announced than one person may keep', async () => {
    const gibibyte = 1024 ** 3
    await begin(ann, 7 * gibibyte)
    await expect(begin(ann, 4 * gibibyte)).rejects.toMatchObject({ status: 409, code: 'file_limit_exceeded' })
    expect(await begin(ben, 4 * gibibyte)).toMatchObject({ bytes: 4 * gibibyte, status: 'pending' })
    // Both bounds are the operator's, and hold for what is kept already.
    const refused = { status: 409, code: 'file_limit_exceeded' }
    await gateway.admin('settings.update', { fileBytesPerUserMax: 4 * gibibyte })
    await expect(put(ben)).rejects.toMatchObject(refused)
    await gateway.admin('settings.update', { fileBytesPerUserMax: 10 * gibibyte, filesPerUserMax: 1 })
    await expect(put(ben)).rejects.toMatchObject(refused)
    await gateway.admin('settings.update', { filesPerUserMax: 1_000 })
    await expect(put(ben)).resolves.toBeTruthy()
  })

  test('is refused as well where it is announced together with others', async () => {
    const begun = await Promise.allSettled([1, 2, 3, 4].map(() => begin(ann, 4 * 1024 ** 3)))
    expect(begun.map(({ status }) => status).toSorted()).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ])
    // What was given up, or refused by the upstream, takes no place.
    for (const answer of begun) if (answer.status === 'fulfilled') await ann.uploads.cancel(answer.value.id)
    gateway.upstream.script({ error: 400 })
    await expect(begin(ann, 8 * 1024 ** 3)).rejects.toMatchObject({ status: 400 })
    await expect(begin(ann, 8 * 1024 ** 3)).resolves.toBeTruthy()
  })
})

describe('what is not offered', () => {
  const ask = async (method: string, path: string) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${annPerson.key}` },
    })
    // Of an error only its code is looked at.
    const { error } = (await answer.json()) as { error: { code: string; message: string } }
    return [answer.status, error.code]
  }

  test.each([
    ['POST', '/v1/batches'],
    ['GET', '/v1/batches/batch_1'],
    ['POST', '/v1/fine_tuning/jobs'],
    ['POST', '/v1/evals'],
    ['POST', '/v1/vector_stores'],
    ['POST', '/v1/containers'],
    ['GET', '/v1/containers/cntr_1/files/cfile_1'],
    ['POST', '/api/v1/conversations'],
    ['POST', '/v1/videos'],
    ['POST', '/videos'],
    ['POST', '/v1/realtime'],
    ['POST', '/v1/threads/runs'],
  ])('%s %s says so, with a reason', async (method, path) => {
    expect(await ask(method, path)).toEqual([404, 'endpoint_not_offered'])
  })

  test.each([
    ['POST', '/v1/realtime/client_secrets'],
    ['POST', '/v1/realtime/sessions'],
    ['POST', '/v1/realtime/calls/call_1/accept'],
    ['POST', '/v1/chatkit/sessions'],
    ['GET', '/v1/organization/costs'],
    ['GET', '/v1/organization/admin_api_keys'],
    ['GET', '/v1/projects'],
    ['DELETE', '/v1/files'],
    ['GET', '/v1/files/file-1/../../organization/costs'],
    ['GET', '/v1/files/%2e%2e'],
  ])('%s %s, which mints keys or reaches the organisation, does not exist', async (method, path) => {
    const [status, code] = await ask(method, path)
    expect([404, 405]).toContain(status)
    expect(code).not.toBe('endpoint_not_offered')
    expect(sent()).toEqual([])
  })
})
