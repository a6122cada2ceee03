// What a form shows and when: its own checks from the first attempt on, the gateway's refusals until they are typed anew.
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import { CallError } from '../client/client.ts'
import { createWords, WordsContext } from '../words/words.ts'
import { useForm } from './form.ts'

const words = await createWords(
  {
    '../kit/words.en.json': () => Promise.resolve({}),
    './shell/words.en.json': () => Promise.resolve({}),
    '../errors/words.en.json': () => Promise.resolve({ invalid_input: 'Not valid: {{problem}}' }),
  },
  'en',
)
await words.load(['errors'])
const wrapper = ({ children }: { readonly children: ReactNode }) => (
  <WordsContext value={words}>{children}</WordsContext>
)

const form = (send: (values: { name: string }) => Promise<unknown>) =>
  renderHook(
    () =>
      useForm({
        initial: { name: '' },
        check: ({ name }) => ({ name: name === '' ? 'missing' : undefined }),
        send,
      }),
    { wrapper },
  ).result

test('nothing is called wrong before the first attempt, and nothing wrong is sent', () => {
  const send = vi.fn(() => Promise.resolve())
  const result = form(send)
  expect(result.current.errors.name).toBeUndefined()
  act(() => result.current.submit())
  expect(result.current.errors.name).toBe('missing')
  expect(send).not.toHaveBeenCalled()
})

test('a refusal that names a field stands at the field until the value changes', async () => {
  const refused = new CallError({
    code: 'invalid_input',
    message: '',
    details: { param: 'name', problem: 'taken' },
  })
  const result = form(() => Promise.reject(refused))
  act(() => result.current.set('name', 'laptop'))
  act(() => result.current.submit())
  await waitFor(() => expect(result.current.errors.name).toBe('Not valid: taken'))
  expect(result.current.failure).toBeUndefined()
  act(() => result.current.set('name', 'desktop'))
  expect(result.current.errors.name).toBeUndefined()
})

test('a field has its own sentence for what the contract refuses, and a list stands for its entries', async () => {
  const refuse = (code: 'invalid_input' | 'email_taken', param: string) =>
    new CallError({ code, message: 'as the gateway says', details: { param, problem: `${param}: wrong` } })
  const told = async (error: CallError) => {
    const { result } = renderHook(
      () =>
        useForm({
          initial: { hosts: 'a b', name: '' },
          refusedText: (name) => (name === 'hosts' ? 'One host a line.' : undefined),
          send: () => Promise.reject(error),
        }),
      { wrapper },
    )
    act(() => result.current.submit())
    await waitFor(() => expect(result.current.isWorking).toBe(false))
    return result.current.errors
  }
  expect(await told(refuse('invalid_input', 'hosts.1'))).toEqual({ hosts: 'One host a line.' })
  expect(await told(refuse('invalid_input', 'name'))).toEqual({ name: 'Not valid: name: wrong' })
  expect(await told(refuse('email_taken', 'hosts'))).toEqual({ hosts: 'as the gateway says' })
})

test('any other failure is one of the whole form, and the values stay', async () => {
  const refused = new CallError({ code: 'offline', message: '' })
  const result = form(() => Promise.reject(refused))
  act(() => result.current.set('name', 'laptop'))
  act(() => result.current.submit())
  await waitFor(() => expect(result.current.failure).toBe(refused))
  expect(result.current.values.name).toBe('laptop')
  expect(result.current.isWorking).toBe(false)
})

test('while it is being sent, it is not sent again', async () => {
  let finish = () => {}
  const send = vi.fn(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve
      }),
  )
  const result = form(send)
  act(() => result.current.set('name', 'laptop'))
  act(() => result.current.submit())
  act(() => result.current.submit())
  expect(send).toHaveBeenCalledTimes(1)
  act(() => finish())
  await waitFor(() => expect(result.current.isWorking).toBe(false))
})

test('a refusal that names no member stands at the field that its code is about', async () => {
  const wrong = new CallError({ code: 'setup_token_invalid', message: '' })
  const { result } = renderHook(
    () =>
      useForm({
        initial: { token: 'x', email: '' },
        fieldOfCode: { setup_token_invalid: 'token' },
        send: () => Promise.reject(wrong),
      }),
    { wrapper },
  )
  act(() => result.current.submit())
  await waitFor(() => expect(result.current.errors.token).toBeDefined())
  expect(result.current.failure).toBeUndefined()
  act(() => result.current.set('token', 'y'))
  expect(result.current.errors.token).toBeUndefined()
})
