// The gateway steered from the window alone: a port that is taken, a stop and a start, a place to listen.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
  dataDirWith,
  newDataDir,
  setUpDemo,
  startDesktop,
  takeAllPictures,
  takenPort,
} from './desktop-app.ts'
import { desktopJourney } from './desktop-journey.ts'

const LEAVE_STOPPED = 1

desktopJourney('the window says what holds the port, and steers the gateway from then on', async () => {
  const port = await takenPort()
  const home = newDataDir()
  const app = startDesktop({
    dataDir: dataDirWith({ port }),
    dialogAnswers: [LEAVE_STOPPED],
    env: { CODEX_GATEWAY_PORT: '', XDG_CONFIG_HOME: home },
  })
  const page = await app.page()
  await page.getByRole('heading', { name: 'The gateway did not start' }).waitFor()
  await page.getByText(`in use by node (process ${process.pid})`).waitFor()
  await takeAllPictures(page, 'port-taken')
  await page.getByRole('button', { name: /^Use port \d+$/ }).click()
  await page.getByRole('heading', { name: 'Set up your gateway' }).waitFor()
  await setUpDemo(page)

  await page.evaluate(`location.href = '/admin/settings?part=computer'`)
  const gate = page.getByRole('region', { name: 'This gateway' })
  await gate.getByText('Running').waitFor()
  const steer = async (item: string) => {
    await gate.getByRole('button', { name: 'Steer the gateway' }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  await steer('Pause new requests')
  await gate.getByText('Paused').waitFor()
  await steer('Let requests in again')
  await gate.getByText('Running').waitFor()
  await steer('Stop gateway')
  await page.getByRole('heading', { name: 'The gateway is stopped' }).waitFor()
  await takeAllPictures(page, 'stopped')
  await page.getByRole('button', { name: 'Start gateway' }).click()
  await gate.getByText('Running').waitFor()

  // Another port: the one that is taken is refused with its holder, before anything stops.
  const portField = page.getByRole('textbox', { name: 'Port' })
  await portField.fill(String(port))
  await page.getByRole('button', { name: 'Save and restart the gateway' }).click()
  await page.getByText(`Port ${port} is in use by node (process ${process.pid}).`).waitFor()
  await page.getByRole('button', { name: /^Use port \d+$/ }).click()
  const next = await portField.inputValue()
  await page.getByRole('radio', { name: /^The local network/ }).check()
  await page.getByRole('button', { name: 'Save and restart the gateway' }).click()
  await page.getByText('The gateway listens as you chose').waitFor()
  await gate.getByText(new RegExp(`:${next}$`)).waitFor()
  expect((await fetch(`http://127.0.0.1:${next}/v1/models`)).status).toBe(401)
  await page.getByRole('switch', { name: 'Start at login' }).click()
  await expect.poll(() => existsSync(join(home, 'autostart', 'codex-gateway.desktop'))).toBe(true)
  await takeAllPictures(page, 'this-computer')
})
