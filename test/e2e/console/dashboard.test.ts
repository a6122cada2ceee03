// The console's first screen, alive: how to begin, then what needs somebody and what it costs, without a reload.
import { beforeAll, describe, expect } from 'vitest'
import { personOf } from '../../journeys/door.ts'
import { commandByKeyboard } from '../../journeys/palette.ts'
import { clientOf, DOLLAR, fillStage } from '../support/requests.ts'
import {
  doorOf,
  expectSound,
  journey,
  networkAddress,
  openStage,
  type Stage,
  showConsole,
  takePicture,
} from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ config: { host: '0.0.0.0', remoteAdministration: 'lan' } })
})
const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })
const open = (path: string, opening = {}) => stage.open(path, { cookie: stage.admin, ...opening })

journey('it begins with the first client, and becomes the dashboard with its first request', async () => {
  const page = await open('/admin')
  await page.getByRole('heading', { name: 'Connect your first client' }).waitFor()
  await expectSound(page)
  await takePicture(page, 'console-dashboard-new')
  await page.evaluate('window.loadedOnce = true')
  await page.getByRole('button', { name: 'Give yourself $5.00' }).click()
  await page.getByText('$5.00 is there to pay requests from.').waitFor()

  const hana = await clientOf(stage, 'hana.sato@tidewater.example', 50)
  expect(await hana.send()).toBe(200)
  await page.getByRole('heading', { name: 'Connect your first client' }).waitFor({ state: 'detached' })
  await page
    .getByRole('region', { name: 'Top users' })
    .getByRole('link', { name: /hana\.sato/ })
    .waitFor()
  await page.getByText('Nothing needs you now.').waitFor()
  await page.getByRole('region', { name: 'This gateway' }).getByText('1 request today').waitFor()

  // A model without a price is asked for: a line, its mark in the side bar, and the way to set the price.
  expect(await hana.send('gpt-5.9-unheard-of')).toBe(404)
  await page.getByText('gpt-5.9-unheard-of has no price').waitFor()
  await page.getByRole('link', { name: 'Models and prices , needs you' }).waitFor()
  await asAdmin('settings.update', { announcement: 'Maintenance on Sunday' })
  await page.getByRole('region', { name: 'Announcement' }).getByText('Maintenance on Sunday').waitFor()
  expect(await page.evaluate('window.loadedOnce')).toBe(true)

  const { data } = await asAdmin('dashboard.get', { days: 14, includeDemo: true })
  const spend = page.getByRole('figure', { name: 'Spend by day and model' })
  await spend.getByText('US dollars').waitFor()
  const exact = `$${(data.series.total.costNanoUsd / DOLLAR).toFixed(9).replace(/0{1,7}$/, '')}`
  await spend.locator('.recharts-bar-rectangle path').first().hover()
  await spend.locator('.charttip').getByText(exact).first().waitFor()
  await spend.getByRole('button', { name: 'Show as table' }).click()
  await spend.getByRole('row', { name: new RegExp(exact.replace(/[$.]/g, '\\$&')) }).waitFor()
  await page.getByRole('link', { name: 'Set price' }).click()
  await page.getByRole('heading', { level: 1, name: 'Models and prices' }).waitFor()
})

describe('with many requests', () => {
  beforeAll(async () => {
    await fillStage(stage)
    await asAdmin('settings.update', { lowBalanceNanoUsd: 30 * DOLLAR })
    await asAdmin('users.create', { email: 'new.person@tidewater.example' })
  })

  journey('everything is reached by the keyboard alone: palette, places, shortcuts', async () => {
    const page = await open('/admin')
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: /Find a user/ })
    await page.locator('[role=combobox]:focus').waitFor()
    await page.keyboard.type('hana')
    const person = page.getByRole('option', { name: 'hana.sato@tidewater.example', exact: true })
    await person.waitFor()
    await expect.poll(() => person.getAttribute('data-highlighted')).toBe('')
    expect(await field.getAttribute('aria-activedescendant')).toBe(await person.getAttribute('id'))
    await page.keyboard.press('ArrowDown')
    await page.getByRole('option', { name: /hana\.sato-laptop/ }).waitFor()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'hana.sato@tidewater.example' }).waitFor()

    await page.keyboard.press('/')
    await page.keyboard.type('hana.sato-laptop')
    // The person is found by the first letters, and their key by all of them.
    await person.waitFor({ state: 'detached' })
    const laptop = page.getByRole('option', { name: /hana\.sato-laptop/ })
    await expect.poll(() => laptop.getAttribute('data-highlighted')).toBe('')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/admin/keys?search=*')
    await page.getByRole('complementary').waitFor()

    await page.locator('h1').click()
    await page.keyboard.type('gr')
    await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await showConsole(page, 'shortcuts')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.keyboard.press('Control+k')
    await page.keyboard.type('check ledger')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('Ledger balanced').waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('no such thing anywhere')
    await page.getByText('Nothing found').waitFor()
    await expectSound(page)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('语言')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: '用量' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('demo')
    await page.getByRole('option', { name: 'demo-fast' }).waitFor()
    await expectSound(page)
    await takePicture(page, 'console-palette-zh-CN')
  })

  journey('what is typed right after Ctrl K is looked for, however late the palette arrives', async () => {
    const page = await open('/admin')
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
    await page.reload()
    await page.route('**/palette-*.js', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      await route.continue()
    })
    await page.locator('.cmd').waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('guidesx')
    await page.keyboard.press('Backspace')
    const field = page.getByRole('combobox', { name: /Find a user/ })
    await expect.poll(() => field.inputValue()).toBe('guides')
    await page.keyboard.type(' of')
    expect(await field.inputValue()).toBe('guides of')
    expect(new URL(page.url()).pathname).toBe('/admin')
  })

  journey('the palette leads on and copies where the page is no secure context', async () => {
    const address = networkAddress()
    expect(address, 'this machine has no network address to try it on').toBeDefined()
    const origin = `http://${address}:${stage.portal.port}`
    const page = await open('/admin', { origin })
    expect(await page.evaluate('window.isSecureContext')).toBe(false)
    const door = { ...doorOf(stage, page), address: () => origin }
    const goTo = async (path: string) => void (await page.goto(`${origin}${path}`))
    await commandByKeyboard({ ...door, goTo }, await personOf(door, 'liu.yang@tidewater.example', 3))
  })

  journey('what stands below, and the palette over it, in every look', async () => {
    const page = await open('/admin')
    await page.locator('.chart .recharts-bar-rectangle').first().waitFor()
    await page.locator('ol').last().scrollIntoViewIfNeeded()
    await showConsole(page, 'dashboard-below')
    await page.keyboard.press('Control+k')
    await page.getByRole('option').first().waitFor()
    await showConsole(page, 'palette')
  })
})
