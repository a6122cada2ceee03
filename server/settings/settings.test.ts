// Live settings and the upstream's configuration, on a real database.
import { expect, test } from 'vitest'
import { type SettingsPatch, settingsSchema } from '../../contract/settings.ts'
import { cellOf, listeningLogger, NOW, openTestDatabase, testClock } from '../../test/support/database.ts'
import { createLiveSettings, type LiveSettings } from './live-settings.ts'
import { createUpstreamConfig } from './upstream-config.ts'

function startSettings() {
  const { db, repositories } = openTestDatabase()
  const { logger, lines } = listeningLogger()
  const deps = { repository: repositories.settings, clock: testClock, logger }
  return { db, lines, repository: repositories.settings, start: () => createLiveSettings(deps), deps }
}

const update = (settings: LiveSettings, patch: SettingsPatch, by: string | null) =>
  settings.takeOver(settings.store(patch, by))

test('every setting has a default that nobody must change', () => {
  expect(startSettings().start().current()).toEqual(settingsSchema.parse({}))
})

test('a change counts at once, is told to whoever listens, and is there after the next start', () => {
  const { db, start } = startSettings()
  const settings = start()
  const heard: string[] = []
  const stopListening = settings.onChange(({ announcement }) => heard.push(announcement))
  update(settings, { announcement: 'Hello', sessionDays: undefined }, 'user-ann')
  update(settings, { sessionDays: 30 }, 'user-ann')
  stopListening()
  update(settings, { announcement: 'Unheard' }, 'user-ann')
  expect(heard).toEqual(['Hello', 'Hello'])
  expect(settings.current()).toMatchObject({
    announcement: 'Unheard',
    sessionDays: 30,
    registration: 'approval',
  })
  expect(start().current()).toEqual(settings.current())
  // Only what was changed is stored, so that a better default reaches everyone else.
  expect(cellOf(db, 'SELECT group_concat(name) FROM settings')).toBe('announcement,sessionDays')
})

test('a change that is not valid throws and changes nothing', () => {
  const { start } = startSettings()
  const settings = start()
  expect(() => update(settings, { announcement: 'kept out', sessionDays: 0 }, null)).toThrow()
  expect(() => update(settings, { unknown: 1 } as object, null)).toThrow(/unknown/)
  expect(settings.current()).toEqual(start().current())
  expect(settings.current().announcement).toBe('')
})

test('what is current cannot be changed in passing', () => {
  const current = startSettings().start().current()
  expect(() => Object.assign(current, { announcement: 'x' })).toThrow(/read only/)
})

test('a stored value that is no longer valid falls back to its default, and the log says which', () => {
  const { repository, start, lines } = startSettings()
  repository.write({ sessionDays: 'forever', announcement: 'Hello', gone: 1 }, null, NOW)
  expect(start().current()).toMatchObject({ sessionDays: 7, announcement: 'Hello' })
  expect(lines).toMatchObject([{ level: 'warn', about: { setting: 'sessionDays' } }])
})

test('the upstream is unknown before the set-up, and remembered after it, beside the settings', () => {
  const { deps, start } = startSettings()
  const upstream = createUpstreamConfig(deps)
  expect(upstream.current()).toBeUndefined()
  const config = { kind: 'openai', baseUrl: 'https://api.openai.com/v1' } as const
  upstream.store(config, 'user-ann')
  expect(upstream.current()).toBeUndefined()
  upstream.takeOver(config)
  expect(upstream.current()).toEqual({ kind: 'openai', baseUrl: 'https://api.openai.com/v1' })
  expect(createUpstreamConfig(deps).current()).toEqual(upstream.current())
  expect(start().current()).toEqual(settingsSchema.parse({}))
})
