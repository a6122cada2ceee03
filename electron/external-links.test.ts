// Which links leave the app. Each refused one is a way that a link has pretended to be another.
import { expect, test } from 'vitest'
import { allowedExternalUrl } from './external-links.ts'

const GATEWAY = 'http://127.0.0.1:8080'

test.each(['https://platform.openai.com/api-keys', 'http://127.0.0.1:8080/keys'])('%s is opened', (url) => {
  expect(allowedExternalUrl(url, GATEWAY)).toBe(url)
})

test.each([
  'http://platform.openai.com/',
  'https://platform.openai.com.evil.test/',
  'https://platform.openai.com@evil.test/',
  'https://evil@platform.openai.com/',
  'https://platform.openai.com:8443/',
  'http://127.0.0.1:8081/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'ms-msdt:/id PCWDiagnostic',
  'smb://evil.test/share',
  'app://console/admin',
  'not a url',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'blob:https://github.com/1',
  'view-source:https://github.com/',
  'https:\\\\evil.test/https://github.com/',
  '\\\\evil.test\\share',
  'https://github.com./',
  'https://github.com%00.evil.test/',
  // The first letter is Cyrillic.
  'https://\u0440latform.openai.com/',
  'http://127.0.0.1:8080@evil.test/',
])('%s is not', (url) => {
  expect(allowedExternalUrl(url, GATEWAY)).toBeUndefined()
})

test('without a gateway, nothing on this machine is opened', () => {
  expect(allowedExternalUrl('http://127.0.0.1:8080/', undefined)).toBeUndefined()
})
