// The command palette: to a place, to a person, to a key, and the address onto the clipboard, by the keyboard alone.
import { expect } from 'vitest'
import type { Door, Person } from './door.ts'

export async function commandByKeyboard(door: Door, { email }: Person): Promise<void> {
  const { page } = door
  const field = page.getByRole('combobox', { name: /Find a user/ })
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
  /** What is typed comes first; Enter takes it. */
  const choose = async (typed: string, option: RegExp) => {
    await page.keyboard.press('Control+k')
    await field.waitFor()
    await page.keyboard.type(typed)
    const found = page.getByRole('option', { name: option }).first()
    await expect.poll(() => found.getAttribute('data-highlighted')).toBe('')
    await page.keyboard.press('Enter')
    await field.waitFor({ state: 'detached' })
  }
  await door.goTo('/admin/system')
  await heading('System')
  await choose('audit', /^Audit/)
  await heading('Audit')
  await choose(email, new RegExp(`^${email}`))
  await heading(email)
  await choose('lapto', /^laptop/)
  await heading('API keys')
  await page.getByRole('complementary').getByRole('heading', { name: 'laptop' }).waitFor()
  await choose('copy address', /address/i)
  await page.keyboard.press('Control+k')
  await field.waitFor()
  // It is on the clipboard a moment after it was chosen.
  const pasted = async () => {
    await field.fill('')
    await page.keyboard.press('Control+v')
    return field.inputValue()
  }
  await expect.poll(pasted).toBe(`${door.address()}/v1`)
  await page.keyboard.press('Escape')
}
