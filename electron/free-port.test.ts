// Why a gateway did not start, where the system would not let it listen.
import { expect, test } from 'vitest'
import { startProblemOf } from './free-port.ts'

const refused = new Error('It could not listen.', {
  cause: Object.assign(new Error('listen EACCES'), { code: 'EACCES' }),
})

test('a port that Windows has set aside is one that is taken, and the next free one is offered', async () => {
  const problem = await startProblemOf(refused, { host: '127.0.0.1', port: 8080 }, 'win32')
  expect(problem).toMatchObject({ code: 'port_taken', taken: { port: 8080, next: expect.any(Number) } })
  const low = await startProblemOf(refused, { host: '127.0.0.1', port: 80 }, 'win32')
  expect(low.code).toBe('port_taken')
})

test('one below 1024 is for administrators elsewhere', async () => {
  expect(await startProblemOf(refused, { host: '127.0.0.1', port: 80 }, 'linux')).toMatchObject({
    code: 'port_forbidden',
    taken: null,
  })
})
