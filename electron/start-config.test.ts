// What the gateway is started with: the environment where it speaks of the place, else what the person chose.
import { expect, test } from 'vitest'
import type { Preferences } from './preferences.ts'
import { desktopConfig } from './start-config.ts'

const PREFERENCES: Preferences = {
  window: { width: 1280, height: 820, isMaximized: false },
  theme: 'system',
  looksForUpdates: true,
  port: 9000,
  isOpenToNetwork: true,
  secretPlace: 'keychain',
}

test('preferences decide, the environment overrides them, and administration over HTTP is off', () => {
  expect(desktopConfig({ HOME: '/home/ada' }, 'linux', PREFERENCES)).toMatchObject({
    host: '0.0.0.0',
    port: 9000,
    remoteAdministrationDefault: 'off',
    remoteAdministration: undefined,
  })
  const env = { HOME: '/home/ada', CODEX_GATEWAY_PORT: '7000', CODEX_GATEWAY_HOST: '127.0.0.1' }
  expect(desktopConfig(env, 'linux', PREFERENCES)).toMatchObject({ host: '127.0.0.1', port: 7000 })
})

test('a key, an administrator and an opened console in the environment are for servers', () => {
  const env = {
    HOME: '/home/ada',
    OPENAI_API_KEY: 'sk-of-a-terminal',
    CODEX_GATEWAY_ADMIN_EMAIL: 'a@b.test',
    CODEX_GATEWAY_REMOTE_ADMIN: 'lan',
  }
  expect(desktopConfig(env, 'linux', PREFERENCES)).toMatchObject({
    upstream: { kind: undefined, apiKey: undefined },
    admin: { email: undefined },
    remoteAdministration: undefined,
  })
})

test('a variable that is wrong is named', () => {
  expect(() => desktopConfig({ CODEX_GATEWAY_PORT: 'x' }, 'linux')).toThrow('CODEX_GATEWAY_PORT')
})
