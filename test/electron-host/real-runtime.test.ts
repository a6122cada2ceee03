// The same app on Electron itself, wherever its runtime is: what the stand-in cannot show of a start. Skipped by name elsewhere.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { desktopObstacle, electronPath } from '../../scripts/desktop-runtime.mjs'
import { ROOT } from '../../scripts/setup.mjs'
import { newDataDir } from './desktop-app.ts'

const NAME = 'the app starts on Electron, with the console behind its own scheme and the sandbox on'
const executablePath = electronPath(ROOT)
const obstacle = desktopObstacle({ ...process, argv: [] })
const command = 'node node_modules/electron/install.js, on a machine with a display and not as root'

if (executablePath === undefined || obstacle !== undefined) test.skip(`${NAME} (needs ${command})`)
else
  test(NAME, async () => {
    const dataDir = newDataDir()
    mkdirSync(join(dataDir, 'desktop'))
    writeFileSync(join(dataDir, 'desktop', 'preferences.json'), '{"secretPlace":"encrypted file"}')
    const app = await _electron.launch({
      executablePath,
      args: [ROOT],
      // Playwright's own choice is none.
      chromiumSandbox: true,
      env: { ...process.env, CODEX_GATEWAY_DATA_DIR: dataDir, CODEX_GATEWAY_PORT: '0' },
    })
    onTestFinished(() => app.close())
    const page = await app.firstWindow()
    await page.getByRole('heading', { level: 1, name: /Set up your gateway|设置您的网关/ }).waitFor()
    expect(page.url()).toBe('app://console/setup')
    expect(await page.evaluate('[origin, typeof require, Object.keys(window.codexGateway)]')).toEqual([
      'app://console',
      'undefined',
      ['call', 'subscribe'],
    ])
    expect(await page.evaluate(`fetch('https://example.com').catch((error) => error.name)`)).toBe('TypeError')
    expect(await page.evaluate(`window.codexGateway.call('setup.status', {})`)).toMatchObject({ ok: true })
  })
