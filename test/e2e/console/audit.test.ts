// The audit: what was changed, by whom and from where, found again by search and filters that stand in the address.
import { text } from 'node:stream/consumers'
import { beforeAll, expect } from 'vitest'
import { ADMIN } from '../../integration/support/portal.ts'
import { journey, openStage, type Stage, showConsole, takePicture } from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  const admin = { cookie: stage.admin }
  const { id: userId } = await stage.teammate('wei.chen@tidewater.example')
  await stage.portal.call(
    'users.adjustBalance',
    { userId, amountNanoUsd: 5_000_000_000, note: 'for the demo' },
    admin,
  )
  await stage.portal.call(
    'settings.update',
    { announcement: 'Maintenance on Friday', sessionDays: 14 },
    admin,
  )
  await stage.portal.call('keys.create', { name: 'laptop', userId }, admin)
  const rules = [
    { metric: 'requests', window: 'minute', value: 60 },
    { metric: 'concurrent', window: null, value: 2 },
  ]
  await stage.portal.call('limits.update', { scope: 'user', subjectId: userId, rules }, admin)
  await stage.portal.call('users.setStatus', { userId, status: 'suspended' }, admin)
})

journey('what was there before and after stands beside the list, in every look', async () => {
  const page = await stage.open('/admin/audit', { cookie: stage.admin })
  await page
    .getByRole('row', { name: /requests · a minute · 60, requests at once · 2/ })
    .getByText('Changed limits')
    .waitFor()
  await page.getByRole('row', { name: /announcement/ }).click()
  await page.getByRole('complementary').getByText('Maintenance on Friday').waitFor()
  await showConsole(page, 'audit-drawer')
})

journey(
  'changes are searched and filtered, the filter is in the address, and nothing secret is in any of them',
  async () => {
    const page = await stage.open('/admin/audit', { cookie: stage.admin })
    const rows = page.locator('tbody tr')
    await page.getByRole('searchbox').fill('Friday')
    await page.waitForURL('**/admin/audit?search=Friday')
    await expect.poll(() => rows.count()).toBe(1)
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ])
    const file = await text(await saved.createReadStream())
    expect(file.trim().split('\r\n')).toHaveLength(2)
    expect(file).toContain('Maintenance on Friday')
    await rows.first().click()
    const drawer = page.getByRole('complementary', { name: 'Changed settings' })
    await drawer.getByText('length of a session, days').waitFor()
    await drawer.getByText('14', { exact: true }).waitFor()
    await drawer.getByText('127.0.0.1').waitFor()
    await drawer.getByRole('button', { name: 'Only this person’s' }).click()
    await page.waitForURL('**/admin/audit?actor=*')
    await expect.poll(() => rows.count()).toBeGreaterThan(4)

    await page.goto(`${stage.portal.url}/admin/audit?target=user`)
    await expect.poll(() => rows.count()).toBe(4)
    await page.reload()
    await expect.poll(() => rows.count()).toBe(4)
    await page.getByRole('row', { name: /Suspended or activated a user/ }).click()
    const suspended = page.getByRole('complementary', { name: 'Suspended or activated a user' })
    await suspended.getByRole('link', { name: ADMIN.email }).waitFor()
    await suspended.getByText('Before:').waitFor()

    // By what was done, the server sorts; which way, the head of the column says, and the address.
    await page.goto(`${stage.portal.url}/admin/audit`)
    await page.getByRole('button', { name: 'Sort by What' }).click()
    await page.waitForURL('**/admin/audit?sort=operation&direction=asc')
    await page.locator('th[aria-sort="ascending"]', { hasText: 'What' }).waitFor()
    await expect.poll(() => rows.first().innerText()).toContain('Created an API key')
    await page.getByRole('button', { name: 'Sort by What' }).click()
    await page.waitForURL('**/admin/audit?sort=operation&direction=desc')
    await expect.poll(() => rows.last().innerText()).toContain('Created an API key')

    await page.goto(`${stage.portal.url}/admin/audit?search=nothing-like-this`)
    await page.getByText('Nothing matches these filters.').waitFor()
    await takePicture(page, 'console-audit-no-results')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('row', { name: /Set up the gateway/ }).waitFor()
    expect(await page.getByText(ADMIN.password).count()).toBe(0)
  },
)
