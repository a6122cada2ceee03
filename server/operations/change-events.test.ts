// Which event an operation stands for, told from its name and what went in and came out.
import { expect, test } from 'vitest'
import { operationNames } from '../../contract/catalogue.ts'
import type { Caller } from './caller.ts'
import { isReading, toChangeEvent } from './change-events.ts'

const caller = (role: 'admin' | 'user' | undefined): Caller => ({
  door: 'http',
  user: role && { id: 'me', role },
  sessionId: undefined,
  address: '',
  client: '',
  isLocal: true,
  mayAdminister: true,
})
const eventOf = (operation: string, input = {}, output = {}, role: 'admin' | 'user' = 'admin') =>
  toChangeEvent(operation, input, output, caller(role))

test('what only looks is no event', () => {
  for (const name of [
    'users.list',
    'prices.preview',
    'setup.status',
    'usage.summary',
    'usage.top',
    'dashboard.get',
    'upstreams.test',
    'limits.usage',
    'me.plan',
    'plans.subscriptions',
    'https.trust',
  ]) {
    expect([name, isReading(name)]).toEqual([name, true])
    expect(eventOf(name)).toBeUndefined()
  }
  for (const name of ['users.listen', 'keys.getRidOf', 'codes.checkout']) {
    expect([name, isReading(name)]).toEqual([name, name === 'keys.getRidOf'])
  }
})

test('a key’s owner is told, and an administrator’s change of an unknown owner’s key goes to administrators', () => {
  expect(eventOf('keys.create', { name: 'x' }, { id: 'key', userId: 'ann' })).toEqual({
    type: 'key.changed',
    userId: 'ann',
    keyId: 'key',
    operation: 'keys.create',
  })
  expect(eventOf('keys.delete', { keyId: 'key' }, {}, 'user')).toMatchObject({ userId: 'me', keyId: 'key' })
  expect(eventOf('keys.delete', { keyId: 'key' }, {})).toEqual({
    type: 'data.changed',
    noun: 'keys',
    operation: 'keys.delete',
    userId: null,
  })
})

test('people, settings, prices and everything else have their events', () => {
  expect(eventOf('users.setStatus', { userId: 'ann', status: 'active' })).toMatchObject({
    type: 'user.changed',
    userId: 'ann',
  })
  expect(eventOf('users.create', {}, { id: 'new' })).toMatchObject({ type: 'user.changed', userId: 'new' })
  expect(eventOf('me.changePassword', {}, {}, 'user')).toMatchObject({ type: 'user.changed', userId: 'me' })
  expect(eventOf('settings.update')).toMatchObject({ type: 'settings.changed' })
  expect(eventOf('models.setAccess')).toMatchObject({ type: 'price.changed' })
  expect(eventOf('codes.redeem', {}, {}, 'user')).toMatchObject({
    type: 'data.changed',
    noun: 'codes',
    userId: 'me',
  })
  expect(toChangeEvent('auth.login', {}, {}, caller(undefined))).toBeUndefined()
})

test('every operation of the catalogue has an event or only looks', () => {
  for (const name of operationNames.filter((listed) => !isReading(listed))) {
    expect([name, eventOf(name, { userId: 'ann' })?.type]).not.toEqual([name, undefined])
  }
})
