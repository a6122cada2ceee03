// What is typed outlives the form, and only until it is saved.
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, test } from 'vitest'
import { createWords, WordsContext } from '../../../words/words.ts'
import { hasText, newDraft, useKeptForm } from './kept-form.ts'

interface Typed {
  readonly host: string
  readonly password: string
}

const words = await createWords(
  {
    '../kit/words.en.json': () => Promise.resolve({}),
    './shell/words.en.json': () => Promise.resolve({}),
    '../errors/words.en.json': () => Promise.resolve({}),
  },
  'en',
)
await words.load(['errors'])
const wrapper = ({ children }: { readonly children: ReactNode }) => (
  <WordsContext value={words}>{children}</WordsContext>
)

const draft = newDraft<Typed>()
const show = (host: string, send: () => Promise<unknown> = () => Promise.resolve()) =>
  renderHook(() => useKeptForm({ draft, initial: { host, password: '' }, send }), { wrapper })

test('what was typed is there again, beside what was stored meanwhile, and gone once it is put back', () => {
  const first = show('mail.example')
  expect(first.result.current.isChanged).toBe(false)
  act(() => first.result.current.set('password', 'of the server'))
  first.unmount()
  expect(hasText(draft)).toBe(true)
  const second = show('mail2.example')
  expect(second.result.current.values).toEqual({ host: 'mail2.example', password: 'of the server' })
  act(() => second.result.current.reset())
  expect(hasText(draft)).toBe(false)
})

test('a form that is shown anew while the old one is being saved starts from what is stored', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const first = show('mail.example', () => promise)
  act(() => first.result.current.set('password', 'of the server'))
  act(() => first.result.current.submit())
  const second = show('mail.example')
  expect(second.result.current.values.password).toBe('')
  first.unmount()
  resolve()
  await waitFor(() => expect(draft.isSending).toBe(false))
  expect(hasText(draft)).toBe(false)
})

test('what could not be saved is kept, even where the form is gone', async () => {
  const { promise, reject } = Promise.withResolvers<void>()
  const { result, unmount } = show('mail.example', () => promise)
  act(() => result.current.set('host', 'elsewhere.example'))
  act(() => result.current.submit())
  expect(hasText(draft)).toBe(false)
  unmount()
  reject(new Error('refused'))
  await waitFor(() => expect(draft.changes).toEqual({ host: 'elsewhere.example' }))
})
