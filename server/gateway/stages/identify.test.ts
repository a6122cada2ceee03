// Whose key a request carries, and why a key that is known may still not be used.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../../contract/errors.ts'
import type { KnownKey } from '../../accounts/key-directory.ts'
import { NO_CAPS } from '../../limits/decide-spending-cap.ts'
import type { Received } from '../request.ts'
import { identify } from './identify.ts'

const NOW = 1_800_000_000_000
const PUBLIC_ID = 'AbCdEf0123456789'
const SECRET = 'S3cret'.repeat(8)
const KEY = `sk-cg-${PUBLIC_ID}-${SECRET}`

const known = (more: Partial<KnownKey> = {}): KnownKey => ({
  keyId: 'key_1',
  userId: 'user_1',
  familyId: 'key_1',
  name: 'laptop',
  secretHash: createHash('sha256').update(SECRET).digest(),
  keyStatus: 'active',
  expiresAt: null,
  allowedModels: null,
  caps: NO_CAPS,
  userStatus: 'active',
  userRole: 'user',
  ...more,
})

function identified(headers: Record<string, string>, key: KnownKey | undefined = known()) {
  const asked: string[] = []
  const keys = {
    find(publicId: string) {
      asked.push(publicId)
      return publicId === PUBLIC_ID ? key : undefined
    },
    forgetKey: () => {},
    forgetFamily: () => {},
    forgetUser: () => {},
    noteUse: () => {},
    stop: () => Promise.resolve(),
  }
  const clock = { now: () => NOW, monotonicMs: () => 0 }
  // Of a received request only its headers are looked at.
  const result = identify({ keys, clock }, { req: { headers }, requestId: 'req_1' } as unknown as Received)
  return { result, asked, code: result.ok ? 'ok' : result.error.code }
}

const withKey = (key: string) => identified({ authorization: `Bearer ${key}` })

describe('a key', () => {
  test('is looked up by its public part, and the request goes on as its owner’s', () => {
    const { result, asked } = withKey(KEY)
    expect(result).toMatchObject({
      ok: true,
      value: { requestId: 'req_1', key: { keyId: 'key_1', userId: 'user_1' } },
    })
    expect(asked).toEqual([PUBLIC_ID])
  })

  test.each(['x-api-key', 'api-key', 'authorization'])('may come in %s', (name) => {
    expect(identified({ [name]: name === 'authorization' ? `Bearer ${KEY}` : KEY }).code).toBe('ok')
  })

  test('may come in two headers that say the same', () => {
    expect(identified({ authorization: `Bearer ${KEY}`, 'x-api-key': KEY, 'api-key': KEY }).code).toBe('ok')
  })

  test('is refused where two headers name two, whichever is good', () => {
    const other = KEY.replace('S3', 'T3')
    expect(identified({ authorization: `Bearer ${KEY}`, 'x-api-key': other }).code).toBe('invalid_api_key')
    expect(identified({ authorization: `Bearer ${other}`, 'x-api-key': KEY }).code).toBe('invalid_api_key')
    expect(identified({ 'x-api-key': KEY, 'api-key': other }).code).toBe('invalid_api_key')
  })

  test('says where two keys stand that are not the same, known or not', () => {
    const told = (headers: Record<string, string>) => {
      const { result } = identified(headers)
      return result.ok ? 'ok' : messageOf(result.error)
    }
    const strange = 'sk-proj-abcdef'
    for (const [one, other] of [
      [KEY, strange],
      [strange, KEY],
      [strange, 'sk-other'],
    ])
      expect(told({ authorization: `Bearer ${one}`, 'x-api-key': other ?? '' })).toMatch(
        /different.*authorization, x-api-key/,
      )
    expect(told({ 'x-api-key': `${KEY}, ${strange}` })).toMatch(/different.*\(x-api-key\)/)
    expect(told({ authorization: `Bearer ${strange}` })).not.toContain('different')
  })

  test('is asked for where there is none', () => {
    expect(identified({}).code).toBe('missing_api_key')
    expect(identified({ authorization: 'Basic abc' }).code).toBe('missing_api_key')
    expect(identified({ cookie: `cg_session=${KEY}` }).code).toBe('missing_api_key')
  })

  test.each([
    ['of another product', 'sk-proj-abcdef'],
    ['without a secret', `sk-cg-${PUBLIC_ID}`],
    ['with an empty secret', `sk-cg-${PUBLIC_ID}-`],
    ['with a short secret', `sk-cg-${PUBLIC_ID}-${SECRET.slice(0, 31)}`],
    ['with a long secret', `sk-cg-${PUBLIC_ID}-${'a'.repeat(129)}`],
    ['with a short public part', `sk-cg-abc-${SECRET}`],
    ['with a third part', `${KEY}-more`],
    ['in capitals', KEY.toUpperCase()],
    ['with characters that are not base62', `sk-cg-${PUBLIC_ID}-${'%'.repeat(40)}`],
    ['with SQL in it', `sk-cg-a'OR'1'='1-${SECRET}`],
    ['with something before it', `x${KEY}`],
  ])('%s is not looked up', (_what, key) => {
    const { code, asked } = withKey(key)
    expect(code).toBe('invalid_api_key')
    expect(asked).toEqual([])
  })

  test('that nobody knows is refused like one with a wrong secret', () => {
    const unknown = withKey(`sk-cg-Unknown1-${SECRET}`).result
    const wrong = withKey(`sk-cg-${PUBLIC_ID}-${'x'.repeat(48)}`).result
    expect(unknown).toEqual(wrong)
    expect(wrong).toEqual({ ok: false, error: { code: 'invalid_api_key' } })
  })

  test('whose secret is another one’s beginning, or its hash in zeros, is refused', () => {
    expect(withKey(KEY.slice(0, -1)).code).toBe('invalid_api_key')
    expect(withKey(`${KEY}a`).code).toBe('invalid_api_key')
    expect(identified({ authorization: `Bearer ${KEY}` }, known({ secretHash: Buffer.alloc(32) })).code).toBe(
      'invalid_api_key',
    )
  })
})

describe('a known key', () => {
  const codeOf = (more: Partial<KnownKey>) => identified({ authorization: `Bearer ${KEY}` }, known(more)).code

  test.each([
    ['disabled', { keyStatus: 'disabled' }, 'api_key_disabled'],
    ['expired a moment ago', { expiresAt: NOW - 1 }, 'api_key_expired'],
    ['expiring now', { expiresAt: NOW }, 'api_key_expired'],
    ['of a suspended person', { userStatus: 'suspended' }, 'account_suspended'],
    ['of a deleted person', { userStatus: 'deleted' }, 'account_suspended'],
    ['of a person who is not approved yet', { userStatus: 'pending' }, 'account_pending'],
    [
      'disabled, of a suspended person',
      { keyStatus: 'disabled', userStatus: 'suspended' },
      'api_key_disabled',
    ],
  ] as const)('%s may not be used', (_what, more, code) => {
    expect(codeOf(more)).toBe(code)
  })

  test('that expires in a moment may be used', () => {
    expect(codeOf({ expiresAt: NOW + 1 })).toBe('ok')
  })

  test('says why only to whoever holds its secret', () => {
    const guess = `sk-cg-${PUBLIC_ID}-${'x'.repeat(48)}`
    const { code } = identified({ authorization: `Bearer ${guess}` }, known({ userStatus: 'suspended' }))
    expect(code).toBe('invalid_api_key')
  })
})
