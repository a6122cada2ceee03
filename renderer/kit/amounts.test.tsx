// Times on a page that stays open: what comes in later is not ahead of them, and whoever comes back sees the time of now.
import { act, cleanup, render, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWords, WordsContext } from '../words/words.ts'
import { Time } from './amounts.tsx'

const HOUR_MS = 3_600_000

const words = await createWords(
  {
    '../kit/words.en.json': () => Promise.resolve({ justNow: 'just now' }),
    './shell/words.en.json': () => Promise.resolve({}),
  },
  'en',
)
const wrapper = ({ children }: { readonly children: ReactNode }) => (
  <WordsContext value={words}>{children}</WordsContext>
)

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }))
afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const shown = () => screen.getByRole('time').textContent

test('what has just happened is not said to happen later, on a page that was drawn before it', () => {
  const { rerender } = render(<Time atMs={Date.now() - HOUR_MS} />, { wrapper })
  expect(shown()).toBe('1 hour ago')
  vi.advanceTimersByTime(20_000)
  rerender(<Time atMs={Date.now()} />)
  expect(shown()).toBe('just now')
})

test('a page that nobody looked at says the time of now as soon as somebody does', () => {
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  render(<Time atMs={Date.now() - HOUR_MS} />, { wrapper })
  act(() => void vi.advanceTimersByTime(2 * HOUR_MS))
  expect(shown()).toBe('1 hour ago')
  visibility.mockReturnValue('visible')
  act(() => void document.dispatchEvent(new Event('visibilitychange')))
  expect(shown()).toBe('3 hours ago')
})
