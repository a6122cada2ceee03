// A field for amounts keeps what is typed, and hands on what it stands for.
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, expect, test } from 'vitest'
import { MoneyInput } from './number-input.tsx'

afterEach(cleanup)

function Harness() {
  const [value, setValue] = useState<number | undefined>()
  return (
    <>
      <MoneyInput aria-label="Amount" value={value} onChange={setValue} />
      <button type="button" onClick={() => setValue(50_000_000_000)}>
        fifty
      </button>
      <output>{String(value)}</output>
    </>
  )
}

// Queried by its label, so it is the input.
const input = () => screen.getByLabelText('Amount') as HTMLInputElement
const value = () => screen.getByRole('status').textContent

test('what is typed stays as it is typed, also half-way and where it is no amount', () => {
  render(<Harness />)
  for (const [typed, stands] of [
    ['5.', '5000000000'],
    ['5.0', '5000000000'],
    ['5.0x', 'undefined'],
    ['', 'undefined'],
  ] as const) {
    fireEvent.change(input(), { target: { value: typed } })
    expect([input().value, value()]).toEqual([typed, stands])
  }
})

test('an amount that was set from outside replaces what was typed', () => {
  render(<Harness />)
  fireEvent.change(input(), { target: { value: '7' } })
  fireEvent.click(screen.getByText('fifty'))
  expect(input().value).toBe('50.00')
})
