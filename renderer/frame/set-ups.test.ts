// What a person pastes: the address, the model and the place for the key are in every set-up.
import { expect, test } from 'vitest'
import { shellOf } from '../../contract/shells.ts'
import { CLIENTS, isKey, isOutOfReach, KEY_PLACEHOLDER, sampleModel, setUpOf } from './set-ups.ts'

test.each(CLIENTS)(
  'the set-up of %s carries the address, the model where it names one, and a place for the key',
  (client) => {
    const text = setUpOf(client, 'http://192.168.1.7:8080/v1', 'gpt-6-sol')
      .map((part) => part.text)
      .join('\n')
    expect(text).toContain('http://192.168.1.7:8080/v1')
    // Open WebUI asks for the list of models itself.
    expect(text.includes('gpt-6-sol')).toBe(client !== 'open-webui')
    expect(text).toContain(KEY_PLACEHOLDER)
  },
)

test.each(CLIENTS)(
  'the set-up of %s carries the key that is known, and no place for one any more',
  (client) => {
    const text = setUpOf(client, 'http://gateway/v1', 'gpt-6-sol', 'sk-cg-abc-def')
      .map((part) => part.text)
      .join('\n')
    expect(text).toContain('sk-cg-abc-def')
    expect(text).not.toContain(KEY_PLACEHOLDER)
  },
)

test.each(CLIENTS)('the set-up of %s for PowerShell has nothing that only another shell reads', (client) => {
  const commands = setUpOf(client, 'http://gateway/v1', 'gpt-6-sol', 'sk-cg-abc-def', 'powershell')
    .filter(({ place }) => place === 'shell')
    .map(({ text }) => text)
    .join('\n')
  expect(commands).not.toMatch(/\bexport |\\$|^curl /m)
})

test('the shell is the one of the system that the browser runs on', () => {
  expect(shellOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64)')).toBe('powershell')
  expect(shellOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)')).toBe('posix')
})

test('what is typed and is no key gets into no set-up', () => {
  expect(['sk-cg-a1-b2', "sk-cg-a-b'; rm -rf ~", 'sk-proj-foreign', ''].map(isKey)).toEqual([
    true,
    false,
    false,
    false,
  ])
})

test('Codex gets a profile in a file of its own', () => {
  const [file] = setUpOf('codex', 'http://gateway/v1', 'gpt-6-sol')
  expect(file?.where).toBe('~/.codex/gateway.config.toml')
  expect(file?.text).toContain('wire_api = "responses"')
})

test.each([
  ['open-webui', 'http://127.0.0.1:8080/v1', true],
  ['librechat', 'http://localhost:8080/v1', true],
  ['librechat', 'http://[::1]:8080/v1', true],
  ['open-webui', 'http://192.168.1.7:8080/v1', false],
  ['codex', 'http://127.0.0.1:8080/v1', false],
] as const)('%s is led out of reach by %s: %s', (client, baseUrl, isOut) => {
  expect(isOutOfReach(client, baseUrl)).toBe(isOut)
})

test('the examples name a model that exists here', () => {
  expect(sampleModel(['demo-fast', 'demo-smart'])).toBe('demo-smart')
  expect(sampleModel(['gpt-6-sol', 'gpt-6.1-sol'])).toBe('gpt-6.1-sol')
  expect(sampleModel(['mine'])).toBe('mine')
  expect(sampleModel([])).toBeUndefined()
})
