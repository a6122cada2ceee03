// Every list that sorts, by each of its names and either way: page for page it is the whole list, in the order that was asked for.
import { expect, test } from 'vitest'
import type { Direction } from '../../../contract/operations/fields.ts'
import { addPerson, NOW, openTestDatabase, usageOf } from '../../../test/support/database.ts'
import { createWriter } from '../write.ts'
import type { Page, PageRequest } from './paging.ts'

const PEOPLE = ['bea', 'Abe', 'dan', 'cyd']

async function filled() {
  const { db, repositories } = openTestDatabase()
  for (const name of PEOPLE) addPerson(repositories, name)
  db.raw.exec(`
    UPDATE api_keys SET created_at = created_at + 1 WHERE id = 'key-Abe';
    UPDATE api_keys SET last_used_at = ${NOW} WHERE id IN ('key-dan', 'key-cyd');
    UPDATE api_keys SET expires_at = ${NOW} + 5 WHERE id = 'key-bea';
    UPDATE api_keys SET name = 'Desk' WHERE id = 'key-cyd'`)
  for (const [n, name] of [...PEOPLE, ...PEOPLE, undefined].entries()) {
    repositories.audit.append({
      id: `row-${n}`,
      createdAt: NOW + (n % 3),
      actorUserId: name === undefined ? null : `user-${name}`,
      operation: n % 2 ? 'keys.update' : 'users.create',
      targetType: 'user',
      targetId: null,
      before: null,
      after: null,
      address: 'here',
    })
    const hash = Buffer.alloc(32, n)
    repositories.codes.create(
      {
        id: `batch-${n}`,
        name: n % 2 ? `b${n}` : `A${n}`,
        prefix: '',
        kind: 'balance',
        amountNanoUsd: 1,
        planId: null,
        count: 1,
        expiresAt: n % 3 ? NOW + n : null,
        createdAt: NOW + (n % 2),
        createdBy: null,
      },
      [{ id: `code-${n}`, hash, hint: String(n) }],
    )
    repositories.invitations.create({
      id: `invitation-${n}`,
      email: n % 2 ? `${n}@example.test` : null,
      role: 'user',
      note: '',
      createdBy: 'user-bea',
      createdAt: NOW + (n % 2),
      expiresAt: NOW + (n % 4),
      secretHash: hash,
    })
  }
  for (let n = 0; n < 9; n += 1) {
    repositories.mails.create({
      id: `mail-${n}`,
      createdAt: NOW + (n % 3),
      userId: null,
      recipient: n % 2 ? `${n % 4}@example.test` : `Abe.${n}@example.test`,
      template: n % 3 ? 'verification' : 'test',
      expiresAt: null,
      sealedContent: Buffer.alloc(1),
    })
  }
  db.raw.exec(
    `UPDATE codes SET redeemed_at = ${NOW}, redeemed_by = 'user-bea' WHERE id IN ('code-1', 'code-4')`,
  )
  const writer = createWriter(db, { onError: ({ error }) => expect.unreachable(String(error)) })
  for (let n = 0; n < 9; n += 1) {
    const costNanoUsd = (n * 7) % 4
    const usage = usageOf(`r${n}`, { createdAt: NOW + (n % 2), costNanoUsd, model: n % 3 ? 'often' : 'rare' })
    await writer.submit({ kind: 'usage', usage })
  }
  return repositories
}

/** Page for page, two rows each. */
function walk<Row>(list: (page: PageRequest) => Page<Row>): Row[] {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const page = list({ limit: 2, cursor })
    rows.push(...page.rows)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return rows
}

const last = Number.MAX_SAFE_INTEGER

test('a list is in the order that was asked for, and its pages are the whole of it', async () => {
  const { keys, audit, codes, invitations, mails, usage } = await filled()
  /** Both ways: the keys in order, the one the other's reverse, and nothing twice. */
  const expectSorted = <Row>(
    list: (page: PageRequest & { readonly direction: Direction }) => Page<Row>,
    keyOf: (row: Row) => string | number,
    count = 9,
  ): void => {
    const up = walk((page) => list({ ...page, direction: 'asc' }))
    const down = walk((page) => list({ ...page, direction: 'desc' }))
    expect(down).toEqual(up.toReversed())
    expect(new Set(up.map((row) => JSON.stringify(row))).size).toBe(count)
    const found = up.map(keyOf)
    const inOrder = found.toSorted((one, other) => (one < other ? -1 : Number(one > other)))
    expect(found).toEqual(inOrder)
    expect(new Set(found).size).toBeGreaterThan(1)
  }
  expectSorted(
    (page) => keys.list({ ...page, sort: 'createdAt' }),
    ({ createdAt }) => createdAt,
    4,
  )
  expectSorted(
    (page) => keys.list({ ...page, sort: 'name' }),
    ({ name }) => name.toLowerCase(),
    4,
  )
  expectSorted(
    (page) => keys.list({ ...page, sort: 'owner' }),
    ({ userEmail }) => userEmail.toLowerCase(),
    4,
  )
  expectSorted(
    (page) => keys.list({ ...page, sort: 'lastUsedAt' }),
    ({ lastUsedAt }) => lastUsedAt ?? 0,
    4,
  )
  expectSorted(
    (page) => keys.list({ ...page, sort: 'expiresAt' }),
    ({ expiresAt }) => expiresAt ?? last,
    4,
  )
  expectSorted(
    (page) => audit.list({ ...page, sort: 'createdAt' }),
    ({ createdAt }) => createdAt,
  )
  expectSorted(
    (page) => audit.list({ ...page, sort: 'operation' }),
    ({ operation }) => operation,
  )
  expectSorted(
    (page) => audit.list({ ...page, sort: 'actor' }),
    ({ actorEmail }) => actorEmail?.toLowerCase() ?? '',
  )
  expectSorted(
    (page) => codes.batches({ ...page, sort: 'createdAt' }),
    ({ createdAt }) => createdAt,
  )
  expectSorted(
    (page) => codes.batches({ ...page, sort: 'name' }),
    ({ name }) => name.toLowerCase(),
  )
  expectSorted(
    (page) => codes.batches({ ...page, sort: 'redeemed' }),
    ({ redeemed }) => redeemed,
  )
  expectSorted(
    (page) => codes.batches({ ...page, sort: 'expiresAt' }),
    ({ expiresAt }) => expiresAt ?? last,
  )
  const invited = (sort: 'createdAt' | 'email' | 'endsAt') => (page: PageRequest) =>
    invitations.list({ ...page, sort, now: NOW })
  expectSorted(invited('createdAt'), ({ createdAt }) => createdAt)
  expectSorted(invited('email'), ({ email }) => email ?? '')
  expectSorted(invited('endsAt'), ({ expiresAt }) => expiresAt)
  expectSorted(
    (page) => mails.list({ ...page, sort: 'createdAt' }),
    ({ createdAt }) => createdAt,
  )
  expectSorted(
    (page) => mails.list({ ...page, sort: 'recipient' }),
    ({ recipient }) => recipient.toLowerCase(),
  )
  expectSorted(
    (page) => mails.list({ ...page, sort: 'template' }),
    ({ template }) => template,
  )
  expectSorted(
    (page) => mails.list({ ...page, sort: 'recipient', search: 'aBe' }),
    ({ recipient }) => recipient,
    5,
  )
  expectSorted(
    (page) => usage.list({ ...page, sort: 'createdAt' }),
    ({ createdAt }) => createdAt,
  )
  // Along the index of costs, and sorted from the index of models.
  expectSorted(
    (page) => usage.list({ ...page, sort: 'cost' }),
    ({ costNanoUsd }) => costNanoUsd,
  )
  expectSorted(
    (page) => usage.list({ ...page, sort: 'cost', model: 'often' }),
    ({ costNanoUsd }) => costNanoUsd,
    6,
  )
  const spent = { model: 'often', from: NOW, to: NOW + 1, status: 200 }
  expect(
    walk((page) => usage.list({ ...page, ...spent, sort: 'cost' })).map(({ requestId }) => requestId),
  ).toEqual(
    walk((page) => usage.list({ ...page, ...spent }))
      .toSorted((one, other) => other.costNanoUsd - one.costNanoUsd)
      .map(({ requestId }) => requestId),
  )
})

test('a list of mail goes on behind one that was forgotten meanwhile', async () => {
  const { mails } = await filled()
  const first = mails.list({ limit: 4 })
  for (const { id } of first.rows) mails.noteSent(id, NOW)
  mails.deleteFinished(NOW + 9)
  const rest = mails.list({ limit: 9, cursor: first.nextCursor ?? '' })
  expect(rest.rows).toHaveLength(5)
  expect(mails.list({ limit: 9, sort: 'recipient', cursor: first.nextCursor ?? '' }).rows).toEqual([])
})

test('a list has nothing after a row that nobody knows, and none after the cursor of another list', async () => {
  const { keys, usage } = await filled()
  expect(keys.list({ limit: 9, sort: 'name', cursor: '1.nobody' }).rows).toEqual([])
  expect(() => usage.list({ limit: 9, sort: 'cost', cursor: `${NOW}.r1` })).toThrow('belongs to another list')
})
