// What an operator does for one person, and what the person sees of it.
import { expect } from 'vitest'
import { askAs, audited, DOLLAR, type Door, type Person, send } from './door.ts'

const balanceOf = async (door: Door, { cookie }: Person): Promise<number> =>
  (await askAs(door, cookie, 'me.overview')).data.balanceNanoUsd

/** A gift of $50: ledger, audit and the portal of the person agree. */
export async function adjustBalance(door: Door, person: Person): Promise<void> {
  const { page } = door
  const dialog = page.getByRole('dialog')
  const before = await balanceOf(door, person)
  await door.goTo(`/admin/users/${person.id}`)
  await page.getByRole('button', { name: 'Adjust balance' }).click()
  await dialog.getByRole('button', { name: 'Top up', exact: true }).waitFor()
  await dialog.getByRole('button', { name: '$50' }).click()
  await dialog.getByRole('combobox', { name: /Kind/ }).click()
  await page.getByRole('option', { name: 'Gift' }).click()
  await dialog.getByRole('textbox', { name: 'Note' }).fill('November')
  await door.look('user-adjust')
  await dialog.getByRole('button', { name: 'Give $50.00' }).click()
  await page.getByText(`The balance of ${person.email} is $`).waitFor()

  const after = before + 50 * DOLLAR
  expect(await balanceOf(door, person)).toBe(after)
  const { data: ledger } = await askAs(door, person.cookie, 'me.ledger')
  expect(ledger.rows[0]).toMatchObject({
    kind: 'gift',
    amountNanoUsd: 50 * DOLLAR,
    balanceAfterNanoUsd: after,
    note: 'November',
  })
  await page.getByRole('tab', { name: 'Ledger' }).click()
  await page.getByRole('row', { name: /Gift.*November.*\+\$50\.00/ }).waitFor()
  await page.getByRole('tab', { name: 'Audit' }).click()
  await page.getByRole('link', { name: 'Adjusted a balance' }).first().click()
  await page.getByRole('complementary', { name: 'Adjusted a balance' }).getByText('November').waitFor()
  await door.look('audit-adjusted')
}

/** Who waits is let in; who is suspended is asked about first, has no access, and has it again by one press. */
export async function letInAndShutOut(door: Door, person: Person, model: string): Promise<void> {
  const { page } = door
  const more = async (email: string, item: string) => {
    await page.getByRole('button', { name: `More for ${email}` }).click()
    // The menu of another row may still be closing.
    await page
      .getByRole('menu', { name: `More for ${email}` })
      .getByRole('menuitem', { name: item })
      .click()
  }
  const row = page.getByRole('row', { name: new RegExp(person.email) })
  await door.ask('users.create', { email: 'waits@tidewater.example' })
  await door.goTo('/admin/users')
  await more('waits@tidewater.example', 'Approve')
  await page.getByText('waits@tidewater.example is let in').waitFor()

  await more(person.email, 'Suspend')
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await row.getByText('Suspended').waitFor()
  expect(await send(door, person, model)).toBe(401)
  await page.getByRole('button', { name: `Undo: ${person.email} is suspended` }).click()
  await row.getByText('Active').waitFor()
  expect(await send(door, person, model)).toBe(200)

  await more(person.email, 'Suspend')
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await row.getByText('Suspended').waitFor()
  await more(person.email, 'Activate')
  await row.getByText('Active').waitFor()
  expect(await audited(door)).toEqual(expect.arrayContaining(['users.approve', 'users.setStatus']))
}
