// One person's page: their balance by hand with ledger, audit and their own portal agreeing, and all else that is done there.
import { beforeAll, expect } from 'vitest'
import { adjustBalance } from '../../journeys/people.ts'
import { doorOf, journey, openStage, type Stage, takePicture } from '../support/stage.ts'

const EMAIL = 'liu.yang@tidewater.example'
const DOLLAR = 1_000_000_000

let stage: Stage
let userId = ''
let cookie = ''
let secret = ''
beforeAll(async () => {
  stage = await openStage()
  ;({ id: userId, cookie } = await stage.teammate(EMAIL))
  const admin = { cookie: stage.admin }
  await stage.portal.call(
    'users.adjustBalance',
    { userId, amountNanoUsd: 3.18 * DOLLAR, note: 'a start' },
    admin,
  )
  const key = await stage.portal.call('keys.create', { name: 'laptop' }, { cookie })
  secret = key.data.secret
  await stage.portal.call(
    'plans.create',
    {
      name: 'Team month',
      priceNanoUsd: 0,
      days: 30,
      quotas: [{ window: 'day', metric: 'money', value: DOLLAR }],
    },
    admin,
  )
})
const open = (tab = '', opening = {}) =>
  stage.open(`/admin/users/${userId}${tab === '' ? '' : `?tab=${tab}`}`, { cookie: stage.admin, ...opening })

journey('a balance is adjusted, and ledger, audit and the portal of the person agree', async () => {
  const page = await open()
  await adjustBalance(doorOf(stage, page), { id: userId, email: EMAIL, cookie, secret })
  const dialog = page.getByRole('dialog')
  // Too much cannot be taken away, and the refusal says how much can.
  await page.goto(`${stage.portal.url}/admin/users/${userId}`)
  await page.getByRole('button', { name: 'Adjust balance' }).click()
  await dialog.getByText('Take away').first().click()
  await dialog.getByRole('textbox', { name: 'Amount' }).fill('100')
  await dialog.getByRole('button', { name: 'Take away $100.00' }).click()
  await dialog.getByText(/At most \$53\.1\d+ can be taken away now\./).waitFor()
})

journey(
  'credit limit, limits, plan, email and password link are changed, and each of them holds',
  async () => {
    const page = await open()
    const more = async (item: string) => {
      await page.getByRole('button', { name: `More for ${EMAIL}` }).click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    const dialog = page.getByRole('dialog')
    await more('Change credit limit')
    await dialog.getByRole('textbox', { name: 'Credit limit' }).fill('5')
    await dialog.getByText(/\$58\.1\d is available afterwards/).waitFor()
    await dialog.getByRole('button', { name: 'Set to $5.00' }).click()
    await page.getByText(`The credit limit of ${EMAIL} is $5.00 now`).waitFor()

    await page.getByRole('tab', { name: 'Plan and limits' }).click()
    await page.getByRole('button', { name: 'Change limits' }).click()
    await dialog.getByRole('combobox', { name: /Requests per minute/ }).click()
    await page.getByRole('option', { name: 'at most' }).click()
    await dialog.getByRole('button', { name: 'Save limits' }).click()
    await dialog.getByText('Type how much').waitFor()
    await dialog.getByRole('textbox', { name: 'Requests per minute' }).fill('60')
    await dialog.getByRole('combobox', { name: /Requests at once/ }).click()
    await page.getByRole('option', { name: 'no limit' }).click()
    await takePicture(page, 'console-user-limits')
    await dialog.getByRole('button', { name: 'Save limits' }).click()
    await page.getByText(`The limits of ${EMAIL} hold from the next request on`).waitFor()
    await page
      .getByText(/\/ 60\s*their own/)
      .first()
      .waitFor()

    await page.getByRole('button', { name: 'Grant a plan' }).click()
    await dialog.getByText('Team month begins at once').waitFor()
    await dialog.getByRole('textbox', { name: 'Days' }).fill('7')
    await dialog.getByRole('button', { name: 'Grant 7 days' }).click()
    await page.getByText(`${EMAIL} has Team month now`).waitFor()
    await page.getByText('Day · money').waitFor()
    await takePicture(page, 'console-user-plan')
    await page.getByRole('button', { name: 'End plan' }).click()
    await dialog.getByText('nothing of its price is given back').waitFor()
    await dialog.getByRole('textbox').fill(EMAIL)
    await dialog.getByRole('button', { name: 'End plan' }).click()
    await page.getByText('No plan. Requests are paid from the balance.').waitFor()

    await more('Password link')
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    await dialog.getByText(/http.*reset/).waitFor()
    await dialog.getByRole('button', { name: 'I have kept it' }).click()

    const { data } = await stage.portal.call('audit.list', { targetId: userId }, { cookie: stage.admin })
    const operations = data.rows.map(({ operation }: { operation: string }) => operation)
    for (const operation of [
      'users.resetLink',
      'users.endPlan',
      'users.grantPlan',
      'limits.update',
      'users.update',
    ]) {
      expect(operations).toContain(operation)
    }
  },
)

journey(
  'what happens in another window shows by itself in a statement, the audit and the invitations',
  async () => {
    const ledger = await open('ledger')
    const audit = await open('audit')
    const { data } = await stage.portal.call('users.get', { userId }, { cookie: stage.admin })
    await ledger.getByText('Current balance').waitFor()
    await audit.getByRole('tab', { name: 'Audit', selected: true }).waitFor()
    const rows = audit.getByRole('row', { name: /Adjusted a balance/ })
    await rows.first().waitFor()
    const before = await rows.count()
    const given = { userId, amountNanoUsd: 1_000 * DOLLAR, note: '' }
    await stage.portal.call('users.adjustBalance', given, { cookie: stage.admin })
    const after = (Math.floor(data.balanceNanoUsd / (DOLLAR / 100)) / 100 + 1_000)
      .toFixed(2)
      .replace(/^(\d)(\d{3})/, '$1,$2')
    await ledger.getByText('Current balance').locator('..').getByText(`$${after}`).waitFor()
    await expect.poll(() => rows.count()).toBe(before + 1)

    await audit.goto(`${stage.portal.url}/admin/users?view=invitations`)
    await audit.getByRole('heading', { name: 'No invitations yet' }).waitFor()
    await stage.portal.call('users.invite', { note: 'made elsewhere' }, { cookie: stage.admin })
    await audit.getByRole('row', { name: /made elsewhere/ }).waitFor()
  },
)

journey(
  'sessions end after being asked; a person is deleted by their address, and the list goes on without them',
  async () => {
    const page = await open('sessions')
    await page.getByRole('button', { name: 'End all sessions' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End all sessions' }).click()
    await page.getByText('1 session is over').waitFor()
    await page.getByText('Signed in nowhere.').waitFor()
    expect((await stage.portal.call('me.get', {}, { cookie })).error.code).toBe('unauthenticated')

    await page.getByRole('button', { name: `More for ${EMAIL}` }).click()
    await page.getByRole('menuitem', { name: 'Delete user' }).click()
    const dialog = page.getByRole('dialog')
    const confirm = dialog.getByRole('button', { name: 'Delete user' })
    expect(await confirm.isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill(EMAIL)
    await takePicture(page, 'console-user-delete')
    await confirm.click()
    await page.getByText(`${EMAIL} was deleted`).waitFor()
    await page.waitForURL('**/admin/users')
    await page.getByRole('row', { name: /admin@/ }).waitFor()
    expect(await page.getByRole('row', { name: /liu\.yang/ }).count()).toBe(0)

    const lost = await stage.open('/admin/users/nobody-has-this-id', { cookie: stage.admin })
    await lost.getByText('There is no user with this id.').waitFor()
  },
)
