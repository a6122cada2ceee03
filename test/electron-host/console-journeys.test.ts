// The operator's journeys of test/e2e/console, through the window: the same steps, over the other door.

import type { Page } from 'playwright'
import { expect, onTestFinished } from 'vitest'
import type { Envelope } from '../../contract/operation.ts'
import { startDemoUpstream } from '../../server/demo-upstream/demo-upstream.ts'
import { backUpDamageRestore, deleteSafetyCopy, expectRestored } from '../journeys/backups.ts'
import { audited, type Door, personOf } from '../journeys/door.ts'
import { commandByKeyboard } from '../journeys/palette.ts'
import { adjustBalance, letInAndShutOut } from '../journeys/people.ts'
import { generateAndRedeemCodes, priceUnpricedModel } from '../journeys/prices-and-codes.ts'
import { dataDirWith, startDesktop, takePicture } from './desktop-app.ts'
import { desktopJourney } from './desktop-journey.ts'

const UPSTREAM_KEY = 'sk-of-the-operator'
const ADMIN = { email: 'ada@example.test', password: 'correct horse battery staple' }
const MODEL = 'gpt-4.1-mini'

function doorOf(page: Page, address: () => string): Door {
  return {
    page,
    address,
    async goTo(path) {
      await page.evaluate(`window.isOfBefore = true; window.location.href = ${JSON.stringify(path)}`)
      // The page's policy forbids to wait for it in the page; while it changes there is nobody to ask.
      const isNew = () => page.evaluate('window.isOfBefore === undefined').catch(() => false)
      await expect.poll(isNew).toBe(true)
      await page.waitForLoadState()
    },
    async ask(operation, input = {}) {
      const sent = `${JSON.stringify(operation)}, ${JSON.stringify(input)}`
      // Every answer of the bridge is an envelope.
      const answer = (await page.evaluate(`window.codexGateway.call(${sent})`)) as Envelope<unknown>
      if (!answer.ok) throw new Error(JSON.stringify(answer))
      return answer.data
    },
    look: (name) => takePicture(page, name),
  }
}

desktopJourney('what an operator does in a browser is done in the window as well', async () => {
  const upstream = await startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true })
  onTestFinished(() => upstream.stop())
  const app = startDesktop({ dataDir: dataDirWith({}) })
  const page = await app.page()
  const door = doorOf(page, () => /"address":"([^"]+)"/.exec(app.printed())?.[1] ?? '')
  const { baseUrl } = upstream
  await door.ask('setup.complete', {
    admin: ADMIN,
    upstream: { kind: 'openai', baseUrl, apiKey: UPSTREAM_KEY },
  })
  const person = await personOf(door, 'liu.yang@tidewater.example', 3)

  await commandByKeyboard(door, person)
  await adjustBalance(door, person)
  await priceUnpricedModel(door, person)
  await generateAndRedeemCodes(door, person)
  // A suspension ends their sessions, so it comes last.
  await letInAndShutOut(door, person, MODEL)

  const { balanceNanoUsd } = await door.ask('users.get', { userId: person.id })
  await backUpDamageRestore(door, person)
  await takePicture(page, 'restored')
  // Nobody signs in here, so the window goes on by itself.
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
  await expectRestored(door, person, balanceNanoUsd)
  await deleteSafetyCopy(door)
  expect(await audited(door)).toEqual(expect.arrayContaining(['backups.restore', 'backups.delete']))
})
