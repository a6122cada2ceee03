// What only the window can do on this computer: Codex's profile, the self-test, a list as a file.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
  dataDirWith,
  newDataDir,
  setUpDemo,
  startDesktop,
  takeAllPictures,
  takePicture,
} from './desktop-app.ts'
import { desktopJourney } from './desktop-journey.ts'

desktopJourney(
  'Codex is set up and undone, the gateway tests itself, and a list becomes a file',
  async () => {
    const codexDir = newDataDir()
    const app = startDesktop({ dataDir: dataDirWith({}), env: { CODEX_HOME: codexDir } })
    const page = await app.page()
    await setUpDemo(page)
    // What stands there is shown first, kept, and comes back.
    const profile = join(codexDir, 'gateway.config.toml')
    writeFileSync(profile, 'model = "mine"\nmodel_provider = "gateway"\n')
    await page.evaluate(`location.href = '/admin/connect'`)
    const panel = page.getByRole('region', { name: 'Codex CLI on this computer' })
    await panel.getByText('− model = "mine"').waitFor()
    await takeAllPictures(page, 'codex-difference')
    await panel.getByRole('button', { name: 'Replace file' }).click()
    await panel.getByText('This profile is in place.').waitFor()
    await takeAllPictures(page, 'codex-written')
    const [address = ''] = (await page.evaluate(
      `window.codexGateway.call('system.status', {}).then(({ data }) => data.addresses)`,
    )) as string[]
    expect(readFileSync(profile, 'utf8')).toContain(`base_url = "${address}/v1"`)

    await panel.getByRole('button', { name: 'Run self-test' }).click()
    for (const name of [
      'Model list',
      'Streamed answer',
      'Usage',
      'Answer over WebSocket',
      'Compaction',
      'No silence too long',
    ])
      await panel
        .getByRole('listitem')
        .filter({ hasText: name })
        .getByText(/\d+(\.\d)? (model|event|token|item|s)/)
        .waitFor()
    await takePicture(page, 'self-test')
    // Its key lived for the test alone.
    expect(
      await page.evaluate(
        `window.codexGateway.call('keys.list', {}).then(({ data }) => data.rows.map(({ name }) => name))`,
      ),
    ).toEqual(['laptop'])

    // A gateway that lets nobody in fails it, and each check says why.
    await page.evaluate(`window.codexGateway.call('desktop.pause', { isPaused: true })`)
    await panel.getByRole('button', { name: 'Run again' }).click()
    for (const name of ['Streamed answer', 'Answer over WebSocket'])
      await panel
        .getByRole('listitem')
        .filter({ hasText: name })
        .getByText('503 gateway_paused: The operator')
        .waitFor()
    await takePicture(page, 'self-test-failed')
    await page.evaluate(`window.codexGateway.call('desktop.pause', { isPaused: false })`)

    await panel.getByRole('button', { name: 'Restore what was there' }).click()
    await panel.getByRole('button', { name: 'Replace file' }).waitFor()
    expect(readFileSync(profile, 'utf8')).toBe('model = "mine"\nmodel_provider = "gateway"\n')

    // The app asks where, and a file is whole or not there.
    await page.evaluate(`location.href = '/admin/users?search=ada'`)
    const list = join(newDataDir(), 'people.csv')
    await app.inMain(({ recorded }, path) => void recorded.saveAnswers.push(path), list)
    await page.getByRole('button', { name: 'Export CSV' }).click()
    await page.getByText(`Saved as ${list}`).waitFor()
    const rows = readFileSync(list, 'utf8').split('\r\n')
    expect(rows[0]).toMatch(/^\uFEFFid,email,role/)
    expect(rows.slice(1)).toEqual([expect.stringContaining('ada@example.test'), ''])
    expect(readdirSync(join(list, '..'))).toEqual(['people.csv'])
    const save = (file: string) =>
      page.evaluate(`window.codexGateway.call('desktop.saveCsv', { file: '${file}', query: {} })`)
    expect(await save('users.csv')).toMatchObject({ ok: true, data: { outcome: 'cancelled' } })
    expect(await save('../../etc/passwd')).toMatchObject({
      data: { outcome: 'refused', code: 'operation_not_found' },
    })
    const nowhere = join(codexDir, 'gone', 'people.csv')
    await app.inMain(({ recorded }, path) => void recorded.saveAnswers.push(path), nowhere)
    expect(await save('users.csv')).toMatchObject({ data: { outcome: 'failed' } })
    expect(existsSync(nowhere)).toBe(false)
  },
)
