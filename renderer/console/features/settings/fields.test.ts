// The screen knows every setting of the contract, with its default and its bounds, and sends only what was changed.
import { expect, test } from 'vitest'
import { type Settings, settingsPatch, settingsSchema } from '../../../../contract/settings.ts'
import { changedFields, FIELDS, isTypable, toStored, toTyped } from './fields.ts'

const DEFAULTS: Settings = settingsSchema.parse({})

test('every setting stands on the screen once, but for the aliases, which stand with the models', () => {
  const names = Object.keys(DEFAULTS).filter((name) => name !== 'modelAliases')
  expect(FIELDS.map(({ name }) => name).sort()).toEqual(names.sort())
})

test.each(FIELDS.map((field) => [field.name, field] as const))(
  '%s has the default and the bounds of the contract',
  (name, field) => {
    expect(field.byDefault).toEqual(DEFAULTS[name])
    expect(toStored(field, toTyped(field, DEFAULTS[name]))).toEqual(DEFAULTS[name])
    const takes = (value: number) => settingsPatch.safeParse({ [name]: value }).success
    for (const [index, bound] of (field.range ?? []).entries()) {
      expect(takes(bound)).toBe(true)
      expect(takes(bound + (index === 0 ? -1 : 1))).toBe(false)
      expect(isTypable(field, bound + (index === 0 ? -1 : 1))).toBe(false)
    }
    for (const option of field.options ?? []) {
      expect(settingsPatch.safeParse({ [name]: toStored(field, option) }).success).toBe(true)
    }
  },
)

test('only what is another value counts as changed', () => {
  const typed = Object.fromEntries(FIELDS.map((field) => [field.name, toTyped(field, DEFAULTS[field.name])]))
  expect(changedFields(FIELDS, DEFAULTS, typed)).toEqual([])
  const changed = {
    ...typed,
    allowedHosts: ' a.example \n\nb.example',
    sessionDays: 30,
    remoteAdministration: 'lan',
  }
  expect(changedFields(FIELDS, DEFAULTS, changed).map(({ name }) => name)).toEqual([
    'allowedHosts',
    'remoteAdministration',
    'sessionDays',
  ])
})
