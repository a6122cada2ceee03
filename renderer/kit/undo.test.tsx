// What can be taken back is taken back by the toast that tells of it, whatever has become of the dialog meanwhile.
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { CallError } from '../client/client.ts'
import errors from '../words/errors/words.en.json'
import { createWords, WordsContext } from '../words/words.ts'
import { Toaster, toast } from './toast.tsx'
import { useDone } from './undo.ts'
import kit from './words.en.json'

const words = await createWords(
  {
    '../kit/words.en.json': () => Promise.resolve(kit),
    './shell/words.en.json': () => Promise.resolve({}),
    '../errors/words.en.json': () => Promise.resolve(errors),
  },
  'en',
)
await words.load(['errors'])
afterEach(cleanup)
afterEach(() => vi.useRealTimers())

function Changed({ undo }: { readonly undo: (() => Promise<unknown>) | undefined }) {
  const tellDone = useDone()
  return (
    <button type="button" onClick={() => tellDone({ text: 'Suspended', undo })}>
      change
    </button>
  )
}

async function change(undo?: () => Promise<unknown>) {
  const page = (isOpen: boolean) => (
    <WordsContext value={words}>
      {isOpen ? <Changed undo={undo} /> : undefined}
      <Toaster />
    </WordsContext>
  )
  const { rerender } = render(page(true))
  fireEvent.click(screen.getByText('change'))
  rerender(page(false))
  await screen.findByText('Suspended')
}

test('one press takes it back, and says so', async () => {
  const undo = vi.fn(() => Promise.resolve())
  await change(undo)
  fireEvent.click(screen.getByRole('button', { name: 'Undo: Suspended' }))
  await screen.findByText(/^Undone/)
  expect(undo).toHaveBeenCalledTimes(1)
  expect(screen.queryByText('Suspended')).toBeNull()
})

test('what can no longer be taken back is told in words', async () => {
  await change(() => Promise.reject(new CallError({ code: 'key_rotated', message: 'raw' })))
  fireEvent.click(screen.getByRole('button', { name: 'Undo: Suspended' }))
  await screen.findByText(/was rotated already/)
})

test('where nothing was changed there is nothing to press', async () => {
  await change()
  expect(screen.queryByRole('button', { name: 'Undo: Suspended' })).toBeNull()
})

test('it stays long enough to take back, and longer while it is pointed at or has the focus', () => {
  vi.useFakeTimers()
  toast({ text: 'Pointed at', action: { label: 'Undo', onSelect: () => undefined } })
  render(
    <WordsContext value={words}>
      <Toaster />
    </WordsContext>,
  )
  const undo = screen.getByRole('button', { name: 'Undo: Pointed at' })
  const isThere = () => screen.queryByText('Pointed at') !== null
  const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms))
  pass(8_000)
  expect(isThere()).toBe(true)
  fireEvent.pointerEnter(undo)
  fireEvent.focus(undo)
  fireEvent.pointerLeave(undo)
  pass(60_000)
  expect(isThere()).toBe(true)
  fireEvent.blur(undo)
  pass(60_000)
  expect(isThere()).toBe(false)
})
