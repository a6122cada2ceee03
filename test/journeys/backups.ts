// A backup, damage, and the backup put back.
import { expect } from 'vitest'
import { DOLLAR, type Door, type Person } from './door.ts'

/** Up to the moment in which the console says that all is as it was; sessions over HTTP have ended by then. */
export async function backUpDamageRestore(door: Door, person: Person): Promise<void> {
  const { page } = door
  const dialog = page.getByRole('dialog')
  await door.goTo('/admin/system?tab=backups')
  await page.getByRole('heading', { name: 'No backups yet' }).waitFor()
  await door.look('system-backups-empty')
  // Pressed twice in haste, it is asked for once: nothing says that one is being made already.
  await page.getByRole('button', { name: 'Back up now' }).dblclick()
  await page.getByRole('row', { name: /By hand/ }).waitFor()
  expect(await page.getByText('A backup is being made').count()).toBe(0)
  await door.ask('users.create', { email: 'too-late@example.test' })
  const half = { userId: person.id, amountNanoUsd: -DOLLAR / 2, note: 'damage' }
  await door.ask('users.adjustBalance', half)

  await page.getByRole('button', { name: 'Restore' }).click()
  await dialog.getByText('People lost').waitFor()
  await dialog.getByText('Sum of balances').waitFor()
  await door.look('system-restore')
  const confirm = dialog.getByRole('button', { name: 'Restore this backup' })
  expect(await confirm.isDisabled()).toBe(true)
  const { rows: backups } = await door.ask('backups.list')
  await dialog.getByRole('textbox').fill(backups[0].id)
  await confirm.click()
  await page.getByRole('heading', { name: 'The backup was restored' }).waitFor()
}

/** What there is after it, whoever looks at it. */
export async function expectRestored(
  door: Pick<Door, 'ask'>,
  person: Person,
  balanceNanoUsd: number,
): Promise<void> {
  const { rows } = await door.ask('users.list', {})
  const people = rows as { id: string; email: string; balanceNanoUsd: number }[]
  expect(people.map(({ email }) => email)).not.toContain('too-late@example.test')
  expect(people.find(({ id }) => id === person.id)?.balanceNanoUsd).toBe(balanceNanoUsd)
}

/** The safety copy that a restore leaves is deleted by its name. */
export async function deleteSafetyCopy(door: Door): Promise<void> {
  const { page } = door
  const { rows } = await door.ask('backups.list')
  const { id } = (rows as { id: string; reason: string }[]).find(
    ({ reason }) => reason === 'before_restore',
  ) ?? { id: '' }
  await door.goTo('/admin/system?tab=backups')
  await page.getByRole('button', { name: `Delete backup ${id}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Nothing brings it back').waitFor()
  const confirm = dialog.getByRole('button', { name: 'Delete backup' })
  expect(await confirm.isDisabled()).toBe(true)
  await dialog.getByRole('textbox').fill(id)
  await confirm.click()
  await page.getByText('The backup was deleted').waitFor()
}
