// Where the focus goes: into the rows by J, to the button that copies what is shown once, to fields that have just come. And what
// a phone has no room for twice.
import type { Page } from 'playwright'
import { beforeAll, expect } from 'vitest'
import { clientOf } from '../support/requests.ts'
import { journey, openStage, type Stage, takePicture } from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await clientOf(stage, 'noor@tidewater.example', 20)
  await clientOf(stage, 'arne@tidewater.example', 20)
})

const open = (path: string) => stage.open(path, { cookie: stage.admin })
const focused = (page: Page, what: string) =>
  page.evaluate<string>(`document.activeElement${what}`).catch(() => '')

journey('J enters the rows of a page from anywhere, and walks on from inside of one', async () => {
  const page = await open('/admin/users')
  await page.getByText('noor@tidewater.example').waitFor()
  const at = () =>
    page.evaluate(
      '[...document.querySelectorAll("tr.opens")].findIndex((row) => row.contains(document.activeElement))',
    )
  await page.keyboard.press('j')
  expect(await at()).toBe(0)
  await page.keyboard.press('j')
  expect(await at()).toBe(1)
  await page.keyboard.press('k')
  expect(await at()).toBe(0)
  await page.locator('tr.opens').nth(1).locator('a, button').first().focus()
  await page.keyboard.press('j')
  expect(await at()).toBe(2)
  await page.getByRole('searchbox').fill('')
  await page.getByRole('searchbox').press('j')
  expect(await page.getByRole('searchbox').inputValue()).toBe('j')
  await page.keyboard.press('Tab')
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByText('Search users, keys, models').waitFor()
})

journey('a drawer that is closed from inside gives the focus back to its row', async () => {
  const page = await open('/admin/keys')
  const row = page.getByRole('row', { name: /arne@/ })
  for (const key of ['Enter', 'Escape']) {
    await row.press('Enter')
    await page.getByRole('complementary').getByRole('button', { name: 'Close' }).press(key)
    await page.getByRole('complementary').waitFor({ state: 'detached' })
    expect(await focused(page, '.textContent')).toContain('arne@tidewater.example')
  }
})

journey('what is shown this once has the focus on the button that copies it', async () => {
  const page = await open('/admin/users')
  await page.getByRole('button', { name: 'Add user' }).first().click()
  await page.getByRole('textbox', { name: 'Email' }).fill('mira@tidewater.example')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('mira@tidewater.example').first().waitFor()
  await expect.poll(() => focused(page, '.ariaLabel')).toMatch(/^Copy .*password$/i)
})

journey('fields that a press brings have the focus', async () => {
  const keys = await open('/admin/keys')
  await keys.getByRole('button', { name: 'Create API key' }).first().click()
  await keys.getByRole('button', { name: 'Set limits' }).click()
  expect(await focused(keys, '.tagName')).toBe('INPUT')
  expect(await focused(keys, '.labels[0].textContent')).toContain('day')
  await takePicture(keys, 'console-key-limits')
  const plans = await open('/admin/plans')
  await plans.getByRole('button', { name: /plan/i }).first().click()
  await plans.getByRole('button', { name: 'Add quota' }).click()
  await plans.getByRole('button', { name: 'Add quota' }).click()
  expect(
    await plans.evaluate(
      '[...document.querySelectorAll("fieldset > div")].at(-1).contains(document.activeElement)',
    ),
  ).toBe(true)
})

journey('mail settings can be saved once something is changed', async () => {
  const page = await open('/admin/settings?part=mail')
  const save = page.getByRole('button', { name: 'Save mail' })
  await save.waitFor()
  expect(await save.isDisabled()).toBe(true)
  await page.locator('label', { hasText: 'SMTP' }).click()
  expect(await save.isDisabled()).toBe(false)
})

journey('a session that ends elsewhere is told where it leads to sign in', async () => {
  const cookie = await stage.portal.signIn({
    email: 'admin@example.test',
    password: 'correct horse battery staple',
  })
  const page = await stage.open('/admin/users', { cookie })
  await page.getByText('noor@tidewater.example').waitFor()
  await stage.portal.call('auth.logout', {}, { cookie })
  await page.getByText('Your session has ended.').waitFor()
  const other = await stage.open('/admin/users')
  await other.waitForURL('**/login?next=*')
  expect(await other.getByText('Your session has ended.').count()).toBe(0)
})

journey('an unknown address of the console leads back to it, and calls the gateway by its name', async () => {
  await stage.portal.call('settings.update', { productName: 'Tidewater' }, { cookie: stage.admin })
  const page = await open('/admin/nothing')
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
  expect(await page.title()).toContain('Tidewater')
  await page.getByRole('link', { name: 'To the start page' }).click()
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
})

journey('on a phone a toast covers nothing of a dialog', async () => {
  const page = await open('/admin/users')
  await page.setViewportSize({ width: 390, height: 600 })
  const row = page.locator('tr.opens', { hasText: 'noor' })
  await row.locator('input[type=checkbox]').check()
  await page.getByRole('button', { name: 'Suspend' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Suspend/ })
    .click()
  await page.locator('.toast').waitFor()
  await page.getByRole('button', { name: 'Add user' }).first().click()
  await page.getByRole('dialog').getByRole('textbox').first().waitFor()
  const gap = () =>
    page.evaluate<number>(
      'document.querySelector(".dialog").getBoundingClientRect().top - document.querySelector(".toast").getBoundingClientRect().bottom',
    )
  await expect.poll(gap).toBeGreaterThanOrEqual(0)
  await takePicture(page, 'console-dialog-toast-phone')
})
