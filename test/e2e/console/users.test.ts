// The operator's list of people: found, sorted, added, invited, let in, shut out, many at once.
import { beforeAll, describe, expect } from 'vitest'
import { onBooks } from '../../integration/support/books.ts'
import { ADMIN } from '../../integration/support/portal.ts'
import { expectSound, journey, openStage, type Stage, showConsole, takePicture } from '../support/stage.ts'

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
const users = (opening = {}) => stage.open('/admin/users', { cookie: stage.admin, ...opening })

journey('with nobody but the administrator the list says what a user is', async () => {
  const page = await users()
  await page.getByRole('heading', { name: 'Nobody but you yet' }).waitFor()
  await expectSound(page)
  await takePicture(page, 'console-users-empty')
  await page.getByRole('tab', { name: 'Invitations' }).click()
  await page.getByRole('heading', { name: 'No invitations yet' }).waitFor()
  await takePicture(page, 'console-invitations-empty')
})

describe('with people', () => {
  beforeAll(async () => {
    for (const [email, dollars] of PEOPLE) {
      const { id } = await stage.teammate(email)
      const amountNanoUsd = Math.round(dollars * DOLLAR)
      await stage.portal.call('users.adjustBalance', { userId: id, amountNanoUsd }, { cookie: stage.admin })
    }
    for (const name of ['new', 'unknown']) {
      await stage.portal.call('users.create', { email: `${name}@tidewater.example` }, { cookie: stage.admin })
    }
  })

  journey('people are chosen in the list, in every look', async () => {
    const page = await users()
    await page.getByRole('row', { name: /hana/ }).getByRole('checkbox').check()
    await page.getByRole('row', { name: /tomas/ }).getByRole('checkbox').check()
    await page.getByRole('toolbar').waitFor()
    await showConsole(page, 'users-chosen')
  })

  journey(
    'the list is searched, filtered and sorted by the server, and says where nothing matches',
    async () => {
      const page = await stage.open('/admin/users?status=suspended', { cookie: stage.admin })
      await page.getByText('Nothing matches these filters.').waitFor()
      await takePicture(page, 'console-users-no-results')
      await page.getByRole('button', { name: 'Clear filters' }).click()
      await page.getByRole('button', { name: 'Sort by Balance' }).click()
      await expect.poll(() => page.locator('tbody tr').first().innerText()).toContain('tomas.ortega')
      await page.getByRole('searchbox', { name: 'Find a user' }).fill('hana')
      await page.waitForURL('**/admin/users?search=hana&sort=balance&direction=desc')
      await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
      await page.getByRole('cell', { name: '$0.000412' }).first().waitFor()
      await page.locator('tbody tr').first().focus()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'hana.sato@tidewater.example' }).waitFor()
    },
  )

  journey(
    'who waits is approved or turned away; who is suspended is asked about, and activated again',
    async () => {
      const page = await users()
      await page.getByText('2 people wait for approval').waitFor()
      await page.getByRole('button', { name: 'Show them' }).click()
      await page.getByRole('button', { name: 'More for new@tidewater.example' }).click()
      await page.getByRole('menuitem', { name: 'Approve' }).click()
      await page.getByText('new@tidewater.example is let in').waitFor()
      await page.getByRole('button', { name: 'More for unknown@tidewater.example' }).click()
      await page.getByRole('menuitem', { name: 'Reject' }).click()
      await page.getByText('They can register again.').waitFor()
      await page.getByRole('button', { name: 'Reject user' }).click()
      await page.getByText('unknown@tidewater.example was turned away').waitFor()

      await page.goto(`${stage.portal.url}/admin/users`)
      for (const name of ['wei.chen', 'tomas.ortega']) {
        await page.getByRole('checkbox', { name: `Select ${name}@tidewater.example` }).check()
      }
      await page.getByRole('toolbar').getByRole('button', { name: 'Suspend' }).click()
      await page.getByText('their keys stop working now').waitFor()
      await takePicture(page, 'console-users-suspend')
      await page.getByRole('button', { name: 'Suspend 2 users' }).click()
      await page.getByText('2 users are suspended').waitFor()
      await page.getByRole('row', { name: /tomas/ }).getByText('Suspended').waitFor()
      await page.getByRole('button', { name: 'Undo: 2 users are suspended' }).click()
      await page.getByRole('row', { name: /tomas/ }).getByText('Active').waitFor()
      await page.getByRole('row', { name: /wei/ }).getByText('Active').waitFor()

      // The administrator's own account is refused, and said so, while the other one is changed.
      await page.getByRole('checkbox', { name: `Select ${ADMIN.email}` }).check()
      await page.getByRole('checkbox', { name: 'Select tomas.ortega@tidewater.example' }).check()
      await page.getByRole('toolbar').getByRole('button', { name: 'Suspend' }).click()
      await page.getByRole('button', { name: 'Suspend 2 users' }).click()
      await page.getByText(`${ADMIN.email} stays as it is`).waitFor()
      await page.getByText('1 user is suspended').waitFor()
      await page.getByRole('button', { name: 'More for tomas.ortega@tidewater.example' }).click()
      await page.getByRole('menuitem', { name: 'Activate' }).click()
      await page.getByRole('row', { name: /tomas/ }).getByText('Active').waitFor()
    },
  )

  journey(
    'a user is added with a password that is made, shown once, and works; the same address twice is refused',
    async () => {
      const page = await users()
      const fill = async () => {
        await page.getByRole('button', { name: 'Add user' }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByRole('textbox', { name: 'Email' }).fill('lena@tidewater.example')
        await dialog.getByRole('button', { name: 'Add user' }).click()
      }
      await fill()
      await page.getByText('The password is shown this once').waitFor()
      await takePicture(page, 'console-users-added')
      const password = await page.getByRole('dialog').locator('code').nth(1).innerText()
      await page.getByRole('button', { name: 'I have kept it' }).click()
      expect(await stage.portal.signIn({ email: 'lena@tidewater.example', password })).toContain(
        'cg_session=',
      )
      await fill()
      await page.getByText('There is a user with this email already.').waitFor()
    },
  )

  journey('an invitation that its maker may make no more is listed as ended, with the reason', async () => {
    const MAKER = { email: 'once-admin@tidewater.example', password: ADMIN.password }
    const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })
    const { id } = (await asAdmin('users.create', { ...MAKER, role: 'admin' })).data
    const note = 'Für die Rechtsschutzversicherungsabteilung'
    const cookie = await stage.portal.signIn(MAKER)
    await stage.portal.call('users.invite', { note }, { cookie })
    // As before such invitations were revoked with the role.
    await onBooks(stage.portal.dataDir, ({ raw }) =>
      raw.prepare(`UPDATE users SET role = 'user' WHERE id = ?`).run(id),
    )
    const page = await stage.open('/admin/users?view=invitations', { cookie: stage.admin })
    const row = page.getByRole('row', { name: /Withdrawn.*Its maker is no administrator any more/ })
    await row.waitFor()
    expect(await row.getByRole('button', { name: 'Revoke' }).count()).toBe(0)
    await showConsole(page, 'invitations-withdrawn')
    // Status and reason stand in the middle of their row, as far from its upper edge as from its lower one.
    const [above = 0, below = 0] = await row.evaluate((element) => {
      const edges = element.getBoundingClientRect()
      const [shape, why] = element.querySelectorAll('.st, .help')
      const top = shape?.getBoundingClientRect().top ?? 0
      return [top - edges.top, edges.bottom - (why?.getBoundingClientRect().bottom ?? 0)]
    })
    expect(Math.min(above, below)).toBeGreaterThanOrEqual(5)
    expect(Math.abs(above - below)).toBeLessThanOrEqual(3)
    await page.goto(`${stage.portal.url}/admin/users?view=invitations&invitation=open`)
    await page.getByText('Nothing matches these filters.').waitFor()
    await asAdmin('users.delete', { userId: id, confirmEmail: MAKER.email })
  })

  journey('somebody is invited by a link, which is listed, and revoked after being asked', async () => {
    const page = await users()
    await page.getByRole('button', { name: 'Invite' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Email' }).fill('mira@tidewater.example')
    await dialog.getByRole('textbox', { name: 'Note' }).fill('from sales')
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    await dialog.getByText(/http.*invit/).waitFor()
    await takePicture(page, 'console-users-invited')
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('tab', { name: 'Invitations' }).click()
    await page.getByRole('row', { name: /mira.*Open.*from sales/ }).waitFor()
    await expectSound(page)
    await takePicture(page, 'console-invitations')
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('row', { name: /mira.*Revoked/ }).waitFor()
  })

  journey('whoever takes the role of an administrator away is told what becomes of their links', async () => {
    const email = 'second@tidewater.example'
    const { id: userId, cookie } = await stage.teammate(email)
    await stage.portal.call('users.update', { userId, role: 'admin' }, { cookie: stage.admin })
    await stage.portal.call('users.invite', { note: 'of the second' }, { cookie })
    const chinese = await stage.open(`/admin/users/${userId}`, { cookie: stage.admin, locale: 'zh-CN' })
    await chinese.getByRole('button', { name: `${email} 的更多操作` }).click()
    await chinese.getByRole('menuitem', { name: '编辑用户' }).click()
    await chinese.getByRole('dialog').getByText('用户', { exact: true }).click()
    await chinese.getByText('其未使用的邀请将被撤回').waitFor()

    const page = await stage.open(`/admin/users/${userId}`, { cookie: stage.admin })
    await page.getByRole('button', { name: `More for ${email}` }).click()
    await page.getByRole('menuitem', { name: 'Edit user' }).click()
    await page.getByRole('dialog').getByText('User', { exact: true }).click()
    await page.getByText('Their open invitations are revoked').waitFor()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText(`${email} was changed`).waitFor()
    await page.goto(`${stage.portal.url}/admin/users?view=invitations`)
    await page.getByRole('row', { name: /Revoked.*of the second/ }).waitFor()
    await page.goto(`${stage.portal.url}/admin/audit?search=revokedInvitations`)
    await page.locator('tbody tr').first().click()
    await page.getByRole('complementary').getByText('revoked invitations').waitFor()
  })
})

journey(
  'the console is for administrators: others are shown out, nobody is asked to sign in first',
  async () => {
    const { cookie } = await stage.teammate()
    const theirs = await stage.open('/admin', { cookie })
    await theirs.getByRole('heading', { name: 'This account does not administer the gateway' }).waitFor()
    await showConsole(theirs, 'not-for-them')

    const nobodys = await stage.open('/admin/users?role=user')
    await nobodys.waitForURL('**/login?next=*')
    await nobodys.locator('input[name=email]').fill(ADMIN.email)
    await nobodys.locator('input[name=password]').fill(ADMIN.password)
    await nobodys.keyboard.press('Enter')
    await nobodys.waitForURL('**/admin/users?role=user')
    await nobodys.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
  },
)
