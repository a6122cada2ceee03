// What an operator sells: a price for a model that was asked for without one, and codes.
import { expect } from 'vitest'
import { askAs, audited, DOLLAR, type Door, type Person, send } from './door.ts'

/** Near enough to shipped models that its price is filled in as theirs. */
const UNPRICED = 'gpt-5.6-nova'

/** Needs an upstream that has every model. */
export async function priceUnpricedModel(door: Door, person: Person): Promise<void> {
  const { page } = door
  expect(await send(door, person, UNPRICED)).toBe(404)
  await door.goTo('/admin/models')
  await page.getByText(`${UNPRICED} has no price`).waitFor()
  await page.getByText('Filled in as for gpt-5.6-').waitFor()
  await door.look('models-unpriced')
  await page
    .getByRole('region', { name: /without a price/ })
    .getByRole('button', { name: 'Set price' })
    .click()
  await page.getByText(`${UNPRICED} has a price now`).waitFor()
  await page.getByText(`${UNPRICED} has no price`).waitFor({ state: 'detached' })
  await page.getByRole('row', { name: new RegExp(`^${UNPRICED} `) }).waitFor()
  expect(await send(door, person, UNPRICED)).toBe(200)
}

/** Codes are shown once, one is redeemed in the portal and shown as used, and the rest are disabled. */
export async function generateAndRedeemCodes(door: Door, person: Person): Promise<void> {
  const { page } = door
  const dialog = page.getByRole('dialog')
  await door.goTo('/admin/plans')
  await page.getByRole('button', { name: 'Generate codes' }).click()
  await dialog.getByRole('textbox', { name: 'Amount' }).fill('10')
  await dialog.getByRole('textbox', { name: 'Codes' }).fill('3')
  await dialog.getByRole('textbox', { name: 'Name of the batch' }).fill('Thank-you')
  await dialog.getByRole('textbox', { name: 'Prefix' }).fill('ty')
  await dialog.getByRole('button', { name: 'Generate 3 codes' }).click()
  await dialog.getByText('shown only this once').waitFor()
  const codes = (await dialog.locator('pre').innerText()).split('\n')
  expect(codes).toHaveLength(3)
  await door.look('plans-generated')
  await dialog.getByRole('button', { name: 'Done' }).click()
  const row = page.getByRole('row', { name: /Thank-you/ })
  await row.getByText('0 of 3').waitFor()

  const redeem = (code = '') => askAs(door, person.cookie, 'codes.redeem', { code })
  expect((await redeem(codes[0])).data).toMatchObject({ amountNanoUsd: 10 * DOLLAR })
  await row.getByText('1 of 3').waitFor()
  await page.getByRole('listitem').filter({ hasText: person.email }).getByText('$10.00').waitFor()
  await row.click()
  const drawer = page.getByRole('complementary', { name: 'Thank-you' })
  await drawer.getByText(person.email).waitFor()
  await door.look('plans-batch')
  await drawer
    .getByRole('button', { name: /Disable code/ })
    .first()
    .click()
  await dialog.getByRole('button', { name: 'Disable code' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await drawer.getByRole('button', { name: 'Disable unused codes' }).click()
  await dialog.getByText('1 code that nobody has redeemed').waitFor()
  await dialog.getByRole('button', { name: 'Disable unused codes' }).click()
  await row.getByText('Disabled').waitFor()
  expect((await redeem(codes[2])).ok).toBe(false)
  await page.getByRole('button', { name: 'Undo: Thank-you: unused codes are disabled' }).click()
  await drawer.getByRole('button', { name: 'Disable unused codes' }).waitFor()
  expect((await redeem(codes[2])).ok).toBe(true)
  expect(await audited(door)).toEqual(
    expect.arrayContaining(['codes.generate', 'codes.disable', 'codes.enable']),
  )
}
