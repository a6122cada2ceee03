// A head that is like the one before is found without being read, and is what reading it would have said.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LastHead } from './last-head.ts'
import { readPlainHead } from './plain-head.ts'

function collectAll(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

const HEAD_END = '\r\n\r\n'

const written = (length: string | number, ...lines: string[]) =>
  Buffer.from(
    ['POST /v1/responses HTTP/1.1', 'Host: a', `Content-Length: ${length}`, ...lines].join('\r\n') + HEAD_END,
    'latin1',
  )

function read(bytes: Buffer) {
  const end = bytes.indexOf(HEAD_END)
  return end < 0 ? undefined : readPlainHead(bytes.toString('latin1', 0, end + 2))
}

/** One that has kept the head that stands in `bytes`. */
function kept(bytes: Buffer): LastHead {
  const last = new LastHead()
  const head = read(bytes)
  if (!head) throw new Error('it is not plain')
  last.keep(head, bytes, bytes.indexOf(HEAD_END) + HEAD_END.length)
  return last
}

/** Without what a connection adds. */
const found = (last: LastHead, bytes: Buffer) => {
  const head = last.find(bytes)
  if (!head) return undefined
  const { alike: _alike, ...said } = head
  return said
}

const FIRST = written(12, 'Authorization: Bearer k', 'X-Last: z')

describe('a head like the one before', () => {
  test('says the same, wherever its body begins', () => {
    const last = kept(FIRST)
    expect(found(last, Buffer.concat([FIRST, Buffer.from('{"a":"b"}')]))).toEqual(read(FIRST))
    expect(last.end).toBe(FIRST.length)
  })

  test.each(['7', '13', '00012', '1234567890'])('says how long its own body is: %s', (digits) => {
    const last = kept(FIRST)
    const other = written(digits, 'Authorization: Bearer k', 'X-Last: z')
    expect(found(last, other)).toEqual(read(other))
    expect(last.end).toBe(other.length)
    // The one that is kept is still the first.
    expect(found(last, FIRST)).toEqual(read(FIRST))
  })

  test('is known by what all of them have in common', () => {
    const last = new LastHead()
    const head = read(FIRST)
    const first = head && last.keep(head, FIRST, FIRST.length)
    const second = last.find(written(7, 'Authorization: Bearer k', 'X-Last: z'))
    expect(first?.alike).toBeDefined()
    expect(second?.alike).toBe(first?.alike)
    expect(second?.headers['content-length']).toBe('7')
  })
})

describe('not like it is', () => {
  test.each([
    ['another key', written(12, 'Authorization: Bearer j', 'X-Last: z')],
    ['a longer last value', written(12, 'Authorization: Bearer k', 'X-Last: zz')],
    ['a further field', written(12, 'Authorization: Bearer k', 'X-Last: z', 'Expect: 100-continue')],
    ['a second length', written('12\r\nContent-Length: 12', 'Authorization: Bearer k', 'X-Last: z')],
    ['a length with a sign', written('+12', 'Authorization: Bearer k', 'X-Last: z')],
    ['no length', written('', 'Authorization: Bearer k', 'X-Last: z')],
    ['a length beyond all', written('12345678901', 'Authorization: Bearer k', 'X-Last: z')],
    ['a list of lengths', written('12, 12', 'Authorization: Bearer k', 'X-Last: z')],
    ['a length in sixteens', written('0x12', 'Authorization: Bearer k', 'X-Last: z')],
    ['a folded line', written('12\r\n ', 'Authorization: Bearer k', 'X-Last: z')],
    ['another target', Buffer.from(FIRST.toString().replace('responses', 'embeddings'))],
    ['another method', Buffer.from(FIRST.toString().replace('POST', 'PUT '))],
    ['only its beginning', FIRST.subarray(0, FIRST.length - 1)],
    ['nothing', Buffer.alloc(0)],
  ])('%s', (_name, bytes) => expect(kept(FIRST).find(bytes)).toBeUndefined())
})

test('what was kept in memory that is used again is still what it was', () => {
  const bytes = Buffer.from(FIRST)
  const last = kept(bytes)
  bytes.fill(0)
  expect(found(last, FIRST)).toEqual(read(FIRST))
})

test('each one that is kept holds its own bytes, and nothing that was made beside them', async () => {
  const held: LastHead[] = []
  const before = process.memoryUsage().arrayBuffers
  for (let count = 0; count < 300; count += 1) {
    held.push(kept(FIRST))
    // Of the pool of Node, in which a head would have its place as well.
    Buffer.from('x'.repeat(30_000))
  }
  collectAll()
  // What is let go of is counted a turn later.
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000)
  expect(held).toHaveLength(300)
})

test('what differs in more each time is kept in mind no more', () => {
  const last = new LastHead()
  const keep = (id: number) => {
    const bytes = written(12, `X-Id: ${id}`)
    const head = read(bytes)
    return head && last.keep(head, bytes, bytes.length)
  }
  expect([keep(1)?.alike, keep(2)?.alike].map((alike) => alike !== undefined)).toEqual([true, true])
  expect(keep(3)?.alike).toBeUndefined()
  expect(keep(4)?.alike).toBeUndefined()
  expect(last.find(written(12, 'X-Id: 4'))).toBeUndefined()
})

test('a head that is found in between shows that it is worth while', () => {
  const last = new LastHead()
  for (let id = 0; id < 10; id += 1) {
    const bytes = written(12, `X-Id: ${id}`)
    const head = read(bytes)
    expect(head && last.keep(head, bytes, bytes.length).alike).toBeDefined()
    expect(last.find(bytes)).toBeDefined()
  }
})

test('a long one is not kept', () => {
  const long = written(12, `X-Long: ${'a'.repeat(5_000)}`)
  expect(kept(long).find(long)).toBeUndefined()
})

const name = fc.stringMatching(/^[A-Za-z-]{1,12}$/)
const value = fc.stringMatching(/^[\t -~]{0,20}$/)
const heads = fc
  .tuple(fc.array(fc.tuple(name, value), { maxLength: 4 }), fc.array(fc.tuple(name, value), { maxLength: 4 }))
  .map(([before, behind]) => {
    const lines = (fields: typeof before) => fields.map(([field, said]) => `${field}: ${said}\r\n`).join('')
    return `POST /v1/responses HTTP/1.1\r\nHost: a\r\n${lines(before)}content-length: 12\r\n${lines(behind)}\r\n`
  })
  .filter((text) => read(Buffer.from(text)) !== undefined)
const change = fc.record({
  at: fc.nat(),
  removed: fc.nat(3),
  added: fc.string({ unit: 'binary-ascii', maxLength: 4 }),
})

test('whatever is changed about a head, it is found as what reading it says, or not at all', () => {
  let hits = 0
  fc.assert(
    fc.property(heads, fc.array(change, { maxLength: 2 }), (text, changes) => {
      let changed = text
      for (const { at, removed, added } of changes) {
        const from = at % changed.length
        changed = changed.slice(0, from) + added + changed.slice(from + removed)
      }
      const bytes = Buffer.from(changed, 'latin1')
      const last = kept(Buffer.from(text, 'latin1'))
      const head = found(last, bytes)
      if (!head) return
      hits += 1
      expect(head).toEqual(read(bytes))
      expect(last.end).toBe(bytes.indexOf(HEAD_END) + HEAD_END.length)
    }),
    { seed: 4, numRuns: 5_000 },
  )
  expect(hits).toBeGreaterThan(500)
})
