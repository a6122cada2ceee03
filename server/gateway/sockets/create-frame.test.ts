// A frame is read as a body over HTTP is: within the same bounds, before anything is built of it.
import { expect, test } from 'vitest'
import { MEMBERS_MAX } from '../body-names.ts'
import { DEPTH_MAX, PARSED_BYTES_MAX } from '../body-scan.ts'
import { readFrame } from './create-frame.ts'

const create = (more: string) => Buffer.from(`{"type":"response.create","stream_id":"a"${more}}`)
const members = Array.from({ length: MEMBERS_MAX + 1 }, (_, number) => `,"m${number}":1`).join('')

test.each([
  ['more members than a body may have', create(members), 'body_too_complex'],
  [
    'more nested than a body may be',
    create(`,"input":${'['.repeat(DEPTH_MAX)}${']'.repeat(DEPTH_MAX)}`),
    'body_too_complex',
  ],
  [
    'more to parse than a body may have',
    create(`,"input":[${'1 '.repeat(PARSED_BYTES_MAX / 2)}]`),
    'body_too_complex',
  ],
  ['a member that stands twice', create(',"str\\u0065am_id":"b"'), 'duplicate_member'],
  ['a member that stands twice further down', create(',"input":[{"id":1,"id":2}]'), 'duplicate_member'],
  ['a comma too many', create(',,"model":"m"'), 'invalid_json'],
  ['two objects', Buffer.concat([create(''), create(',"model":"m"')]), 'invalid_json'],
  ['no object', Buffer.from('["response.create"]'), 'invalid_json'],
])('a frame with %s is refused', (_what, bytes, code) => {
  const frame = readFrame(bytes)
  expect(frame.ok ? 'read' : frame.error.refused.code).toBe(code)
})

test('a frame that can be read says what the socket has to know', () => {
  const read = readFrame(
    create(`,"generate":false,"store":false,"previous_response_id":"resp_1","input":"${'x'.repeat(5_000)}"`),
  )
  expect(read).toMatchObject({
    ok: true,
    value: { streamId: 'a', generates: false, previousResponseId: 'resp_1' },
  })
  expect(readFrame(create(`,"previous_response_id":${'9'.repeat(400)}`))).toMatchObject({
    ok: true,
    value: { previousResponseId: undefined },
  })
})
