// What anybody can paste from the sign-in page.
import { expect, test } from 'vitest'
import { codexCommand, curlCommand, KEY_PLACEHOLDER, MODEL_PLACEHOLDER } from './first-commands.ts'

test.each([
  ['curl', curlCommand],
  ['Codex', codexCommand],
])(
  'the command for %s has the address and a place for the key, and is one command for a shell',
  (_client, command) => {
    const text = command('http://192.168.1.7:8080/v1')
    expect(text).toContain('http://192.168.1.7:8080/v1')
    expect(text).toContain(KEY_PLACEHOLDER)
    // Every line but the last goes on in the next, or stands alone.
    for (const line of text.split('\n').slice(0, -1)) expect(line).toMatch(/ \\$|^export /)
  },
)

test('Codex is told which model, because its own default may have no price here', () => {
  expect(codexCommand('http://gateway/v1')).toContain(`codex -m ${MODEL_PLACEHOLDER} `)
})
