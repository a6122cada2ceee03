// Sessions are told apart by names that people know.
import { expect, test } from 'vitest'
import { clientName, shortClientName } from './client-name.ts'

const MOZILLA = 'Mozilla/5.0'

test.each([
  [
    `${MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
    'Edge · Windows',
  ],
  [
    `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15`,
    'Safari · macOS',
  ],
  [`${MOZILLA} (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0`, 'Firefox · Linux'],
  [
    `${MOZILLA} (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36`,
    'Chrome · Android',
  ],
  [
    `${MOZILLA} (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1`,
    'Chrome · iOS',
  ],
  ['curl/8.10.1', 'curl/8.10.1'],
  ['', undefined],
])('%s is %s', (userAgent, name) => {
  expect(clientName(userAgent)).toBe(name)
})

test.each([
  ['codex_exec/0.144.0 (Debian 12.0.0; x86_64) xterm-256color', 'codex_exec/0.144.0'],
  ['OpenAI/Python 3.57.0', 'OpenAI/Python 3.57.0'],
  ['ai/7.0.20 ai-sdk/provider-utils/5.0.7 runtime/node.js/v20', 'ai/7.0.20'],
  [`${MOZILLA} (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0`, 'Firefox · Linux'],
  ['', undefined],
])('%s is shortened to %s', (userAgent, name) => {
  expect(shortClientName(userAgent)).toBe(name)
})
