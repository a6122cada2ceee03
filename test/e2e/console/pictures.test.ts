// Every screen of the console with its dialogs, empty, full and failing, in both languages and themes, for people to look at.
// Nothing is asserted that other journeys do not assert, so it runs when asked for: `ALL_LOOKS=1 npx vitest run --project e2e
// test/e2e/console/pictures.test.ts`. One server, one browser and one page for each state; looks are switched in the page.
import type { Page } from 'playwright'
import { test, vi } from 'vitest'
import { DOLLAR, fillStage } from '../support/requests.ts'
import { journey, openStage, takeEveryLook } from '../support/stage.ts'

vi.setConfig({ testTimeout: 900_000 })

const when = process.env['ALL_LOOKS'] ? journey : test.skip

const SCREENS: Readonly<Record<string, string>> = {
  dashboard: '/admin',
  users: '/admin/users',
  invitations: '/admin/users?view=invitations',
  keys: '/admin/keys',
  usage: '/admin/usage',
  models: '/admin/models',
  aliases: '/admin/models?tab=aliases',
  changes: '/admin/models?tab=changes',
  plans: '/admin/plans',
  limits: '/admin/plans?tab=limits',
  audit: '/admin/audit',
  system: '/admin/system',
  money: '/admin/system?tab=money',
  backups: '/admin/system?tab=backups',
  logs: '/admin/system?tab=logs',
  licences: '/admin/system?tab=licences',
  connect: '/admin/connect',
  general: '/admin/settings',
  upstream: '/admin/settings?part=upstream',
  mail: '/admin/settings?part=mail',
  security: '/admin/settings?part=security',
}

/** By the screen it stands on: what is pressed, one after the other, in English. */
const DIALOGS: readonly (readonly [name: string, path: string, ...presses: string[]])[] = [
  ['user-add', '/admin/users', 'Add user'],
  ['user-invite', '/admin/users', 'Invite'],
  ['plan-new', '/admin/plans', 'New plan'],
  ['codes-new', '/admin/plans', 'Generate codes'],
  ['limits-role', '/admin/plans?tab=limits', 'Edit limits of Users'],
  ['prices-import', '/admin/models', 'Import prices'],
  ['multiplier-all', '/admin/models', 'All charges'],
  ['alias-add', '/admin/models?tab=aliases', 'Add alias'],
  ['key-create', '/admin/keys', 'Create key'],
  ['upstream-add', '/admin/settings?part=upstream', 'Add upstream'],
]

/** Drawn, or said to be empty or failed. */
const settle = (page: Page) => page.waitForLoadState('networkidle')

when('empty, and then full with every dialog, and then failing', async () => {
  const stage = await openStage()
  const page = await stage.open('/admin', { cookie: stage.admin, expectedProblems: /./ })
  const each = async (state: string) => {
    for (const [name, path] of Object.entries(SCREENS)) {
      await page.goto(`${stage.portal.url}${path}`)
      await settle(page)
      await takeEveryLook(page, `all/${name}-${state}`)
    }
  }
  await each('empty')
  const [person] = await fillStage(stage)
  const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })
  await asAdmin('settings.update', { announcement: 'Maintenance on Sunday', lowBalanceNanoUsd: 30 * DOLLAR })
  await asAdmin('users.create', { email: 'new.person@tidewater.example' })
  await asAdmin('users.invite', { note: 'from the fair' })
  await asAdmin('plans.create', { name: 'Team month', priceNanoUsd: 30 * DOLLAR, days: 30 })
  await asAdmin('codes.generate', { kind: 'balance', amountNanoUsd: DOLLAR, count: 3, name: 'Thank-you' })
  await asAdmin('backups.create', {})
  await each('full')
  for (const tab of ['overview', 'keys', 'usage', 'ledger', 'plan', 'sessions', 'audit']) {
    await page.goto(`${stage.portal.url}/admin/users/${person?.userId}?tab=${tab}`)
    await settle(page)
    await takeEveryLook(page, `all/user-${tab}`)
  }
  for (const [name, path, ...presses] of DIALOGS) {
    await page.evaluate(`localStorage.setItem('codex-gateway.language', 'en')`)
    await page.goto(`${stage.portal.url}${path}`)
    for (const label of presses) await page.getByRole('button', { name: label }).first().click()
    await page.getByRole('dialog').waitFor()
    await takeEveryLook(page, `all/dialog-${name}`)
  }
  await page.route('**/api/*', (route) =>
    /me\.get|setup\.status|auth\.status|events/.test(route.request().url())
      ? route.continue()
      : route.abort(),
  )
  await each('failing')
})
