// Keys that mean something, and the many that do not.
import { expect, test } from 'vitest'
import { createShortcuts, type Pressed, textAfterKey } from './shortcuts.ts'

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  atMs: 0,
  isCommand: false,
  isAlt: false,
  isTaken: false,
  ...more,
})

test('the palette opens with Ctrl or ⌘ K even from a field, and with a slash outside of one', () => {
  const meant = createShortcuts()
  expect(meant(press('k', { isCommand: true, isTaken: true }))).toEqual({ kind: 'palette' })
  expect([meant(press('/')), meant(press('/', { isTaken: true }))]).toEqual([{ kind: 'palette' }, undefined])
  expect(meant(press('k', { isCommand: true, isAlt: true }))).toBeUndefined()
})

test('G and a letter go to a place, soon after each other, and not while somebody types', () => {
  const meant = createShortcuts()
  expect([meant(press('g')), meant(press('u', { atMs: 900 }))]).toEqual([
    undefined,
    { kind: 'go', place: 'place_users' },
  ])
  expect(meant(press('u', { atMs: 950 }))).toBeUndefined()
  meant(press('g', { atMs: 2_000 }))
  expect(meant(press('u', { atMs: 9_000 }))).toBeUndefined()
  meant(press('g', { atMs: 10_000, isTaken: true }))
  expect(meant(press('u', { atMs: 10_100 }))).toBeUndefined()
})

test('J and K walk through the rows of a page, and are letters in a field and after a G', () => {
  const meant = createShortcuts()
  expect([meant(press('j')), meant(press('k')), meant(press('j', { isTaken: true }))]).toEqual([
    { kind: 'row', step: 1 },
    { kind: 'row', step: -1 },
    undefined,
  ])
  meant(press('g'))
  expect(meant(press('k'))).toEqual({ kind: 'go', place: 'place_keys' })
})

test('a question mark asks for help, but is a letter like any other in a field', () => {
  const meant = createShortcuts()
  expect([meant(press('?')), meant(press('?', { isTaken: true }))]).toEqual([{ kind: 'help' }, undefined])
})

test('keys that are meant for a field that is not there yet are letters, and what takes letters back', () => {
  const keys = ['s', 'Shift', 'S', 'Backspace', '王', 'Enter']
  expect(keys.reduce((text, key) => textAfterKey(text, key) ?? text, '')).toBe('s王')
})
