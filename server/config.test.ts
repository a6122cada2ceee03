// Start-up configuration: which value wins, and that every error names where to mend it.
import { describe, expect, test } from 'vitest'
import { parseConfig, type StartConfig } from './config.ts'

const parse = (argv: string[] = [], env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux') =>
  parseConfig({ argv, env: { HOME: '/home/ada', ...env }, platform })

function configOf(...source: Parameters<typeof parse>): StartConfig {
  const parsed = parse(...source)
  if (!parsed.ok || parsed.value.kind !== 'run') throw new Error('expected a configuration')
  return parsed.value.config
}

describe('without flags and variables', () => {
  test('it listens on this computer only, on port 8080, with administration from this computer', () => {
    expect(configOf()).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      remoteAdministration: undefined,
      locale: 'en',
      upstream: { kind: undefined, baseUrl: undefined, apiKey: undefined },
    })
  })

  test.each([
    ['linux', {}, '/home/ada/.config/codex-gateway'],
    ['linux', { XDG_CONFIG_HOME: '/xdg' }, '/xdg/codex-gateway'],
    ['darwin', {}, '/home/ada/Library/Application Support/codex-gateway'],
  ] as const)('the data folder on %s is the one for applications', (platform, env, expected) => {
    expect(configOf([], env, platform).dataDir).toBe(expected)
  })
})

describe('a value', () => {
  test('given as a flag wins over the same one in the environment', () => {
    const env = { CODEX_GATEWAY_PORT: '1', CODEX_GATEWAY_HOST: '::1', CODEX_GATEWAY_DATA_DIR: '/env' }
    expect(configOf(['--port', '9000', '--host=0.0.0.0', '--data-dir', '/flag'], env)).toMatchObject({
      port: 9000,
      host: '0.0.0.0',
      dataDir: '/flag',
    })
    expect(configOf([], env)).toMatchObject({ port: 1, host: '::1', dataDir: '/env' })
    expect(configOf(['--https', 'only'], { CODEX_GATEWAY_HTTPS: 'off' }).https).toBe('only')
  })

  test('that is an empty variable is not set', () => {
    expect(
      configOf([], { CODEX_GATEWAY_PORT: '', OPENAI_API_KEY: ' ', CODEX_GATEWAY_UPSTREAM: '' }),
    ).toMatchObject({
      port: 8080,
      upstream: { kind: undefined, apiKey: undefined },
    })
  })

  test('that opens the metrics is long enough to be no guess, and no API key', () => {
    const token = 'metrics-0123456789abcdef'
    expect(configOf().metricsToken).toBeUndefined()
    expect(configOf([], { CODEX_GATEWAY_METRICS_TOKEN: '' }).metricsToken).toBeUndefined()
    expect(configOf([], { CODEX_GATEWAY_METRICS_TOKEN: token }).metricsToken).toBe(token)
    for (const refused of ['short', 'has a space in the middle', `sk-${token}`, 'ключ-из-шестнадцати-букв']) {
      const parsed = parse([], { CODEX_GATEWAY_METRICS_TOKEN: refused })
      expect(parsed.ok ? '' : parsed.error).toContain('CODEX_GATEWAY_METRICS_TOKEN')
    }
  })

  test('cannot be changed after the start', () => {
    const config = configOf()
    expect(() => Object.assign(config.upstream, { apiKey: 'x' })).toThrow(TypeError)
  })

  test.each([
    [['--port', '70000'], {}, '--port'],
    [['--port', '80a'], {}, '--port'],
    [['--host', 'http://0.0.0.0:80'], {}, '--host'],
    [['--colour'], {}, '--colour'],
    [['--data-dir', ''], {}, '--data-dir has to name a folder.'],
    [[], { CODEX_GATEWAY_LOCALE: 'de' }, 'CODEX_GATEWAY_LOCALE has to be en or zh-CN.'],
    [[], { CODEX_GATEWAY_LOCALE: 'english' }, 'CODEX_GATEWAY_LOCALE'],
    [['start'], {}, 'start'],
    [['--https', 'yes'], {}, '--https'],
    [[], { CODEX_GATEWAY_HTTPS: 'on' }, 'CODEX_GATEWAY_HTTPS'],
    [[], { CODEX_GATEWAY_PORT: '-1' }, 'CODEX_GATEWAY_PORT'],
    [[], { CODEX_GATEWAY_UPSTREAM: 'azure' }, 'CODEX_GATEWAY_UPSTREAM'],
    [[], { CODEX_GATEWAY_REMOTE_ADMIN: 'yes' }, 'CODEX_GATEWAY_REMOTE_ADMIN'],
    [[], { OPENAI_BASE_URL: 'api.openai.com' }, 'OPENAI_BASE_URL'],
    [[], { OPENAI_BASE_URL: 'https://u:p@api.openai.com/v1' }, 'OPENAI_BASE_URL'],
    [[], { OPENAI_API_KEY: 'sk-with a space' }, 'OPENAI_API_KEY'],
  ])('that does not fit is refused by name: %j %j', (argv, env, name) => {
    const parsed = parse(argv, env)
    expect(parsed.ok).toBe(false)
    expect(parsed).toMatchObject({ error: expect.stringContaining(name) })
  })

  test('that is a key is not repeated in the error about it', () => {
    expect(JSON.stringify(parse([], { OPENAI_API_KEY: 'sk-with a space' }))).not.toContain('sk-with')
  })
})

test('the language of pages follows the variable, else the system', () => {
  expect(configOf([], { CODEX_GATEWAY_LOCALE: 'zh-CN', LANG: 'en_US.UTF-8' }).locale).toBe('zh-CN')
  expect(configOf([], { CODEX_GATEWAY_LOCALE: 'zh_CN.UTF-8' }).locale).toBe('zh-CN')
  expect(configOf([], { CODEX_GATEWAY_LOCALE: 'en', LANG: 'zh_CN.UTF-8' }).locale).toBe('en')
  expect(configOf([], { LANG: 'zh_CN.UTF-8' }).locale).toBe('zh-CN')
  expect(configOf([], { LANG: 'de_DE.UTF-8' }).locale).toBe('en')
})
