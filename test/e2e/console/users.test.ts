// The operator's list of people: found, looked at beside the list, added, topped up, suspended.
import { beforeAll, describe, expect } from 'vitest'
import { ADMIN } from '../../integration/support/portal.ts'
import {
  CONSOLE_LOOKS,
  expectSound,
  journey,
  nameOf,
  openStage,
  type Stage,
  takePicture,
} from '../support/stage.ts'

const DOLLAR = 1_000_000_000
const PEOPLE = [
  ['wei.chen@tidewater.example', 18.43],
  ['hana.sato@tidewater.example', 0.000412],
  ['tomas.ortega@tidewater.example', 1284.6],
] as const

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})

journey('with nobody but the administrator the list says what a user is', async () => {
  const page = await stage.open('/admin/users', { cookie: stage.admin })
  await page.getByRole('heading', { name: 'Nobody but you yet' }).waitFor()
  await expectSound(page)
  await takePicture(page, 'console-users-empty')
})

describe('with people', () => {
  beforeAll(async () => {
    for (const [email, dollars] of PEOPLE) {
      const { id } = await stage.teammate(email)
      const amountNanoUsd = Math.round(dollars * DOLLAR)
      await stage.portal.call('users.adjustBalance', { userId: id, amountNanoUsd }, { cookie: stage.admin })
    }
    await stage.portal.call('users.create', { email: 'new@tidewater.example' }, { cookie: stage.admin })
  })

  describe.each(CONSOLE_LOOKS.map((look) => [nameOf(look), look] as const))('%s', (name, look) => {
    journey(`the list, the drawer and the dialog are sound (${name})`, async () => {
      const page = await stage.open('/admin', {
        ...look,
        cookie: stage.admin,
        expectedProblems: /users\.list/,
      })
      await page.getByRole('row', { name: /wei\.chen/ }).waitFor()
      await expectSound(page)
      await takePicture(page, `console-users-${name}`)

      await page.getByRole('row', { name: /wei\.chen/ }).click()
      const drawer = page.getByRole('complementary', { name: 'wei.chen@tidewater.example' })
      await drawer.getByRole('button').nth(2).waitFor()
      await expectSound(page)
      await takePicture(page, `console-users-drawer-${name}`)

      await drawer.locator('.btn.primary').click()
      await page.getByRole('dialog').locator('input[inputmode=decimal]').fill('50')
      await expectSound(page)
      await takePicture(page, `console-users-adjust-${name}`)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      expect(await drawer.isVisible()).toBe(true)
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'hidden' })

      await page.route('**/api/users.list', (route) => route.abort())
      await page.reload()
      await page.getByRole('alert').waitFor()
      await expectSound(page)
      await takePicture(page, `console-users-failing-${name}`)
    })
  })

  journey('a balance is topped up: the outcome before the button, the list after it', async () => {
    const page = await stage.open('/admin/users', { cookie: stage.admin })
    await page.getByRole('row', { name: /wei\.chen/ }).click()
    await page.getByRole('button', { name: 'Adjust balance' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: '$50' }).click()
    await dialog.getByText('$68.43').waitFor()
    await dialog.getByRole('textbox', { name: 'Note' }).fill('November')
    await dialog.getByRole('button', { name: 'Top up $50.00' }).click()
    await page.getByText('The balance of wei.chen@tidewater.example is $68.43 now').waitFor()
    await page.getByRole('cell', { name: '$68.43' }).first().waitFor()
    await page.getByRole('button', { name: 'Adjust balance' }).click()
    await dialog.getByText('Take away').first().click()
    await dialog.getByRole('textbox', { name: 'Amount' }).fill('100')
    await dialog.getByRole('button', { name: 'Take away $100.00' }).click()
    await dialog.getByText('At most $68.43 can be taken away now.').waitFor()
  })

  journey('rows are walked with J and K, and opened with Enter; the address names the open one', async () => {
    const page = await stage.open('/admin/users', { cookie: stage.admin })
    const rows = page.locator('tbody tr')
    await rows.first().focus()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    const email = await rows.nth(1).locator('.m').first().innerText()
    await page.getByRole('complementary', { name: email }).waitFor()
    expect(new URL(page.url()).searchParams.get('user')).toMatch(/^[0-9a-f-]{36}$/)
    await page.reload()
    await page.getByRole('complementary', { name: email }).waitFor()
  })

  journey('the list is searched and filtered by the server, and says where nothing matches', async () => {
    const page = await stage.open('/admin/users?status=suspended', { cookie: stage.admin })
    await page.getByText('Nothing matches these filters.').waitFor()
    await takePicture(page, 'console-users-no-results')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('searchbox', { name: 'Find a user' }).fill('hana')
    await page.waitForURL('**/admin/users?search=hana')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
    await page.getByRole('cell', { name: '$0.000412' }).first().waitFor()
  })

  journey('a user is suspended after being asked, and activated again', async () => {
    const page = await stage.open('/admin/users', { cookie: stage.admin })
    await page.getByRole('row', { name: /tomas/ }).click()
    await page.getByRole('button', { name: 'Suspend' }).click()
    await page.getByText('their keys stop working now').waitFor()
    await takePicture(page, 'console-users-suspend')
    await page.getByRole('button', { name: 'Suspend user' }).click()
    await page.getByRole('row', { name: /tomas/ }).getByText('Suspended').waitFor()
    await page.getByRole('button', { name: 'Activate' }).click()
    await page.getByRole('row', { name: /tomas/ }).getByText('Active').waitFor()
  })

  journey('a user is added and can sign in; the same address twice is refused in words', async () => {
    const page = await stage.open('/admin/users', { cookie: stage.admin })
    const fill = async () => {
      await page.getByRole('button', { name: 'Add user' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: 'Email' }).fill('lena@tidewater.example')
      await dialog.getByRole('textbox', { name: /First password/ }).fill('a plain long password')
      await dialog.getByRole('button', { name: 'Add user' }).click()
    }
    await fill()
    await page.getByText('lena@tidewater.example was added').waitFor()
    expect(
      await stage.portal.signIn({ email: 'lena@tidewater.example', password: 'a plain long password' }),
    ).toContain('cg_session=')
    await fill()
    await page.getByText('There is a user with this email already.').waitFor()
  })
})

journey(
  'the console is for administrators: others are shown out, nobody is asked to sign in first',
  async () => {
    const { cookie } = await stage.teammate()
    const theirs = await stage.open('/admin', { cookie })
    await theirs.getByRole('heading', { name: 'This account does not administer the gateway' }).waitFor()
    await takePicture(theirs, 'console-not-for-them')

    const nobodys = await stage.open('/admin/users?role=user')
    await nobodys.waitForURL('**/login?next=*')
    await nobodys.locator('input[name=email]').fill(ADMIN.email)
    await nobodys.locator('input[name=password]').fill(ADMIN.password)
    await nobodys.keyboard.press('Enter')
    await nobodys.waitForURL('**/admin/users?role=user')
    await nobodys.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
  },
)
