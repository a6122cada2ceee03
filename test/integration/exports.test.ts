// Lists as CSV files: whole, in the encoding that spreadsheets read, without formulas, and for nobody who may not see the list.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toDollars } from '../../server/http/csv-exports.ts'
import { toCsv } from '../../server/http/csv-text.ts'
import {
  ADMIN,
  type Person,
  type RunningGateway,
  startGateway,
  TEST_MODEL,
} from './support/running-gateway.ts'

let gateway: RunningGateway
let ann: Person
let admin = ''
let user = ''
/** More than one page of the list that an export is read from. */
const REQUESTS = 230

beforeAll(async () => {
  gateway = await startGateway()
  ann = await gateway.createPerson()
  admin = await gateway.signIn(ADMIN.email, ADMIN.password)
  const made = { email: 'ben@example.test', password: 'a long enough password' }
  await gateway.admin('users.create', made)
  user = await gateway.signIn(made.email, made.password)
  await gateway.admin('users.adjustBalance', {
    userId: ann.id,
    amountNanoUsd: -1_500_000_000,
    note: '=HYPERLINK("http://evil.example","退款")',
  })
  const ask = () =>
    fetch(`${gateway.url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: TEST_MODEL, input: 'hello' }),
    }).then((response) => response.arrayBuffer())
  for (let sent = 0; sent < REQUESTS; sent += 23) await Promise.all(Array.from({ length: 23 }, ask))
  const rates = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0, speechNanoUsdPerMChar: 15_000_000_000 }
  await gateway.admin('prices.upsert', { model: 'tts-1', ...rates })
  await fetch(`${gateway.url}/v1/audio/speech`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ann.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'tts-1', input: 'eleven more', voice: 'alloy' }),
  }).then((response) => response.arrayBuffer())
  await gateway.usageOf(ann)
})
afterAll(() => gateway.stop())

const get = (path: string, cookie = admin, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/api/export/${path}`, { headers: { cookie, ...headers } })

test('usage comes whole, with the filters of its list, and a byte order mark', async () => {
  const response = await get(`usage.csv?userId=${ann.id}&status=200&model=${TEST_MODEL}`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="usage-\d{4}-\d\d-\d\d\.csv"$/,
  )
  const bytes = Buffer.from(await response.arrayBuffer())
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  const lines = bytes.subarray(3).toString().split('\r\n')
  expect(lines[0]).toMatch(/^time,requestId,createdAt,userId,.*,costNanoUsd,costUsd,status,/)
  expect(lines.at(-1)).toBe('')
  const ids = lines.slice(1, -1).map((line) => line.split(',')[1])
  expect([ids.length, new Set(ids).size]).toEqual([REQUESTS, REQUESTS])
  expect((await (await get('usage.csv?status=404')).text()).split('\r\n')).toHaveLength(2)
})

test('usage tells what is not counted in tokens, and leaves empty what a request did not use', async () => {
  const [head = '', row = ''] = (await (await get('usage.csv?model=tts-1')).text()).split('\r\n')
  const names = head.split(',')
  const cells = row.split(',')
  const cell = (name: string) => cells[names.indexOf(name)]
  expect(['speechCharacters', 'audioInputMs', 'images', 'largeHdImages', 'costNanoUsd'].map(cell)).toEqual([
    '11',
    '',
    '',
    '',
    String(11 * 15_000),
  ])
})

test('text that a spreadsheet would run is text, and what is Chinese stays so', async () => {
  const text = await (await get(`ledger.csv?userId=${ann.id}`)).text()
  expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""退款"")"`)
  // With an apostrophe it would be text as well, which no sum counts.
  expect(text).toContain(',-1500000000,-1.500000000,')
  expect(toCsv([['+1', '-x', '@a', '\tq', -5, true, null, 'a,"b"', '-1+1', '-1.5\n=1', 'a\r=1']])).toBe(
    `'+1,'-x,'@a,'\tq,-5,true,,"a,""b""",'-1+1,"'-1.5\n=1","a\r=1"\r\n`,
  )
  expect([toDollars(1), toDollars(-1_500_000_000), toDollars(0), toDollars(null)]).toEqual([
    '0.000000001',
    '-1.500000000',
    '0.000000000',
    null,
  ])
})

test('whoever may not see a list does not get its file', async () => {
  const refused = async (response: Promise<Response>) => {
    const answer = await response
    const { error } = (await answer.json()) as { error: { code: string } }
    return [answer.status, error.code]
  }
  expect(await refused(get('usage.csv', 'cg_session=junk'))).toEqual([401, 'unauthenticated'])
  expect(await refused(get(`usage.csv?userId=${ann.id}`, user))).toEqual([403, 'forbidden'])
  expect(await refused(get(`ledger.csv?userId=${ann.id}`, user))).toEqual([403, 'forbidden'])
  expect(await refused(get('users.csv', user))).toEqual([403, 'forbidden'])
  expect(await refused(get('audit.csv', user))).toEqual([403, 'forbidden'])
  expect(await refused(get('secrets.csv'))).toEqual([404, 'operation_not_found'])
  expect(await refused(get('usage.csv?colour=red'))).toEqual([400, 'invalid_input'])
  expect(await refused(get('usage.csv?from=soon'))).toEqual([400, 'invalid_input'])
  expect(await refused(get('usage.csv', admin, { 'sec-fetch-site': 'cross-site' }))).toEqual([
    403,
    'origin_rejected',
  ])
  const posted = fetch(`${gateway.url}/api/export/usage.csv`, { method: 'POST', headers: { cookie: admin } })
  expect(await refused(posted)).toEqual([405, 'method_not_allowed'])
  expect((await (await get('usage.csv', user)).text()).split('\r\n')).toHaveLength(2)
  expect(await (await get('users.csv?search=ben')).text()).toContain('ben@example.test')
  expect(await (await get('audit.csv?operation=users.adjustBalance')).text()).toContain('users.adjustBalance')
})
