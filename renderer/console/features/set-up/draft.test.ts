// @vitest-environment happy-dom
// What a reload of the set-up keeps.
import { afterEach, expect, test } from 'vitest'
import { forgetDraft, keepDraft, readDraft, toInput } from './draft.ts'

afterEach(() => forgetDraft())

test('a reload keeps everything but what is secret', () => {
  const typed = {
    ...readDraft().draft,
    token: 'T0KEN-SECRET',
    email: 'ada@example.test',
    password: 'PASSWORD-SECRET',
    confirmation: 'PASSWORD-SECRET',
    apiKey: 'sk-KEY-SECRET',
    announcement: 'Welcome',
  }
  keepDraft(typed)
  expect(JSON.stringify({ ...localStorage })).not.toContain('SECRET')
  const { draft, isResumed } = readDraft()
  expect(isResumed).toBe(true)
  expect(draft).toEqual({ ...typed, token: '', password: '', confirmation: '', apiKey: '' })
})

test('what an older page stored, or somebody else, is left out', () => {
  localStorage.setItem('codex-gateway.set-up', '{"email":7,"announcement":"kept","nonsense":1}')
  const { draft } = readDraft()
  expect(draft).toMatchObject({ email: '', announcement: 'kept' })
  expect(draft).not.toHaveProperty('nonsense')
  localStorage.setItem('codex-gateway.set-up', 'null')
  expect(readDraft().draft.email).toBe('')
})

test('a key that is not given is not sent: the environment may have it', () => {
  expect(toInput({ ...readDraft().draft, email: 'a@b.c', password: 'p' }, 'zh-CN')).toEqual({
    admin: { email: 'a@b.c', password: 'p', locale: 'zh-CN' },
    upstream: { kind: 'openai', baseUrl: 'https://api.openai.com/v1' },
    settings: { announcement: '', defaultBalanceNanoUsd: 0, registration: 'approval' },
  })
})
