// What is kept of a head that is sent again, held against a head that is made anew.
import { expect, test } from 'vitest'
import { type HeadParts, RequestFields } from './request-head.ts'

const LINES = ['x-name', 'caf\xe9', 'accept', '*/*']
const PARTS: readonly (readonly [HeadParts, string])[] = (['GET', 'POST', 'PUT'] as const).flatMap((method) =>
  ['/v1/x', '/v1/y?q=\xe9'].flatMap((path) =>
    ['api.example.test', 'other.example.test:8443'].map((host) => [{ method, path }, host] as const),
  ),
)
const startOf = ({ method, path }: HeadParts, host: string) =>
  `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\nx-name: caf\xe9\r\naccept: */*\r\n`

test('a start that is asked for again is the same in bytes, and never that of another method, path or host', () => {
  const fields = new RequestFields(LINES)
  for (const [before, hostBefore] of PARTS) {
    for (const [parts, host] of PARTS) {
      fields.startFor(before, hostBefore)
      const isSame = before === parts && hostBefore === host
      const start = fields.startFor(parts, host)
      expect(start.text).toBe(startOf(parts, host))
      if (isSame) expect(start.bytes?.toString('latin1')).toBe(start.text)
      expect(fields.startFor({ ...parts }, host).bytes?.toString('latin1')).toBe(startOf(parts, host))
    }
  }
})

test('what is kept has memory of its own', () => {
  const fields = new RequestFields(LINES)
  const parts: HeadParts = { method: 'GET', path: '/' }
  fields.startFor(parts, 'api.example.test')
  const { bytes } = fields.startFor(parts, 'api.example.test')
  expect(bytes?.buffer.byteLength).toBe(bytes?.length)
})
