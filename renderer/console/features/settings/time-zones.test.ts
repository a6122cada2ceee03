// Every zone that can be chosen is one that the gateway takes.
import { expect, test } from 'vitest'
import { settingsPatch } from '../../../../contract/settings.ts'
import { zoneOptions } from './time-zones.ts'

test('zones are called as people type them, and the contract takes every one', () => {
  const options = zoneOptions('')
  expect(options[0]).toEqual({ value: 'UTC', label: 'UTC' })
  expect(options).toContainEqual({ value: 'America/New_York', label: 'America/New York' })
  const refused = options.filter(({ value }) => !settingsPatch.safeParse({ timeZone: value }).success)
  expect(refused).toEqual([])
})

test('a stored name that browsers do not list can be kept, and each name stands once', () => {
  expect(zoneOptions('Asia/Calcutta').map(({ value }) => value)).toContain('Asia/Calcutta')
  const values = zoneOptions('UTC').map(({ value }) => value)
  expect(values).toHaveLength(new Set(values).size)
})
