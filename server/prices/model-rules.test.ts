// Who may use a model, on a real database.
import { expect, test } from 'vitest'
import { NOW, openTestDatabase } from '../../test/support/database.ts'
import { createModelRules } from './model-rules.ts'

const clock = { now: () => NOW }
const ANN = { userId: 'user-ann', userRole: 'user' } as const
const BOB = { userId: 'user-bob', userRole: 'user' } as const
const ADMIN = { userId: 'user-root', userRole: 'admin' } as const

function open() {
  const { repositories } = openTestDatabase()
  const start = () => createModelRules({ repository: repositories.modelRules, clock })
  const rules = start()
  const set = (model: string, access: Parameters<typeof rules.set>[0]['access'], multiplierPpm = 1_000_000) =>
    rules.set({ model, access, multiplierPpm }, 'user-root', () => undefined)
  const who = (model: string) => [ANN, BOB, ADMIN].map((by) => rules.isAllowed(model, by))
  return { rules, start, set, who }
}

test('a model without a rule is for everyone, at its price', () => {
  const { rules, who } = open()
  expect(who('gpt-6-sol')).toEqual([true, true, true])
  expect(rules.multiplierPpm('gpt-6-sol')).toBe(1_000_000)
})

test('a rule opens it for everyone, nobody, a role, or the people it names', () => {
  const { set, who } = open()
  set('gpt-6-sol', { kind: 'nobody' })
  expect(who('gpt-6-sol')).toEqual([false, false, false])
  set('gpt-6-sol', { kind: 'role', role: 'admin' })
  expect(who('gpt-6-sol')).toEqual([false, false, true])
  set('gpt-6-sol', { kind: 'users', userIds: ['user-bob'] })
  expect(who('gpt-6-sol')).toEqual([false, true, false])
  set('gpt-6-sol', { kind: 'everyone' })
  expect(who('gpt-6-sol')).toEqual([true, true, true])
})

test('a rule holds for the dated snapshots of its model, unless they have their own', () => {
  const { rules, set, who } = open()
  set('gpt-6-astra', { kind: 'nobody' }, 1_500_000)
  expect(who('gpt-6-astra-2026-09-03')).toEqual([false, false, false])
  expect(rules.multiplierPpm('gpt-6-astra-2026-09-03')).toBe(1_500_000)
  expect(who('gpt-6-astra-pro')).toEqual([true, true, true])
  set('gpt-6-astra-2026-09-03', { kind: 'everyone' })
  expect(who('gpt-6-astra-2026-09-03')).toEqual([true, true, true])
  expect(who('gpt-6-astra')).toEqual([false, false, false])
})

test('rules survive a restart, and one that cannot be written is not in force', () => {
  const { rules, set, start } = open()
  set('gpt-6-sol', { kind: 'users', userIds: ['user-bob'] }, 750_000)
  expect(() =>
    rules.set({ model: 'gpt-6-luna', access: { kind: 'nobody' }, multiplierPpm: 1 }, null, () => {
      throw new Error('no audit')
    }),
  ).toThrow('no audit')
  expect(rules.isAllowed('gpt-6-luna', ANN)).toBe(true)
  expect(start().all()).toEqual(rules.all())
  expect(start().all()).toEqual([
    { model: 'gpt-6-sol', access: { kind: 'users', userIds: ['user-bob'] }, multiplierPpm: 750_000 },
  ])
})
