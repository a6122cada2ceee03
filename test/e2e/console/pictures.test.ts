// Every screen of the console with its dialogs, empty, full and failing, for people to look at, and held against the
// accessibility checker, in the looks of ADR 0124. One server and one page; it moves from screen to screen without being loaded.
import type { Page } from 'playwright'
import { beforeAll, expect, vi } from 'vitest'
import { CONSOLE_PATHS } from '../../../contract/page-paths.ts'
import { DOLLAR, fillStage } from '../support/requests.ts'
import { journey, openStage, refuse, type Stage, showConsole } from '../support/stage.ts'

// Hundreds of pictures: on a machine that does much else, that takes minutes.
vi.setConfig({ testTimeout: 600_000 })

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
}
/** These have something in them from the start. */
const SETTINGS: Readonly<Record<string, string>> = {
  general: '/admin/settings',
  upstream: '/admin/settings?part=upstream',
  network: '/admin/settings?part=network',
  registration: '/admin/settings?part=registration',
  mail: '/admin/settings?part=mail',
  billing: '/admin/settings?part=billing',
  security: '/admin/settings?part=security',
  appearance: '/admin/settings?part=appearance',
  advanced: '/admin/settings?part=advanced',
}

const PERSON = 'wei.chen@tidewater.example'
const KEY = 'wei.chen-laptop'
/** Their page, whose address has an id in it. */
const user = (tab: string): string => `user ${tab}`

/**
 * By the screen it stands on: what is pressed, one after the other, in English. What begins with `row:` or `switch:` is one;
 * all else is a button or an entry of a menu.
 */
const OPENED: readonly (readonly [name: string, path: string, ...presses: string[]])[] = [
  ['user-add', '/admin/users', 'Add user'],
  ['user-invite', '/admin/users', 'Invite'],
  ['users-suspend', '/admin/users', `checkbox:Select ${PERSON}`, 'Suspend'],
  ['invitation-revoke', '/admin/users?view=invitations', 'Revoke'],
  ['user-adjust', user('overview'), 'Adjust balance'],
  ['user-suspend', user('overview'), 'Suspend'],
  ['user-edit', user('overview'), `More for ${PERSON}`, 'Edit user'],
  ['user-credit-limit', user('overview'), `More for ${PERSON}`, 'Change credit limit'],
  ['user-reset-link', user('overview'), `More for ${PERSON}`, 'Password link'],
  ['user-delete', user('overview'), `More for ${PERSON}`, 'Delete user'],
  ['user-grant-plan', user('plan'), 'Grant a plan'],
  ['user-end-plan', user('plan'), 'End plan'],
  ['user-limits', user('plan'), 'Change limits'],
  ['user-policy', user('plan'), 'Change policy'],
  ['user-end-session', user('sessions'), 'End'],
  ['user-end-sessions', user('sessions'), 'End all sessions'],
  ['key-create', '/admin/keys', 'Create API key'],
  ['key-edit', '/admin/keys', `More for ${KEY}`, 'Edit'],
  ['key-policy', '/admin/keys', `More for ${KEY}`, 'Request policy'],
  ['key-rotate', '/admin/keys', `More for ${KEY}`, 'Rotate'],
  ['key-delete', '/admin/keys', `More for ${KEY}`, 'Delete'],
  ['key-drawer', '/admin/keys', `row:${KEY}`],
  ['usage-dates', '/admin/usage', 'Any time'],
  ['usage-receipt', '/admin/usage', 'row:demo-smart'],
  ['usage-refund', '/admin/usage', 'row:demo-smart', 'Refund request'],
  ['price-set', '/admin/models', 'Set price'],
  ['prices-import', '/admin/models', 'Import prices'],
  ['multiplier-all', '/admin/models', 'All charges × 1.00'],
  ['model-drawer', '/admin/models', 'row:demo-smart'],
  ['model-access', '/admin/models', 'row:demo-smart', 'Change who may use it'],
  ['model-multiplier', '/admin/models', 'row:demo-smart', 'Change multiplier'],
  ['model-off', '/admin/models', 'switch:demo-smart is on for everyone'],
  ['price-withdraw', '/admin/models?tab=changes', 'Withdraw'],
  ['alias-add', '/admin/models?tab=aliases', 'Add alias'],
  ['alias-remove', '/admin/models?tab=aliases', 'Remove alias gpt-house'],
  ['plan-new', '/admin/plans', 'New plan'],
  ['plan-edit', '/admin/plans', 'What can be done with Team month', 'Edit plan'],
  ['plan-limits', '/admin/plans', 'What can be done with Team month', 'Edit limits'],
  ['plan-archive', '/admin/plans', 'What can be done with Team month', 'Archive plan'],
  ['codes-new', '/admin/plans', 'Generate codes'],
  ['codes-drawer', '/admin/plans', 'row:Thank-you'],
  ['codes-disable', '/admin/plans', 'row:Thank-you', 'Disable unused codes'],
  ['limits-role', '/admin/plans?tab=limits', 'Edit limits of Users'],
  ['policy-role', '/admin/plans?tab=limits', 'Change policy'],
  ['audit-drawer', '/admin/audit', 'row:Adjusted a balance'],
  ['restore', '/admin/system?tab=backups', 'Restore'],
  ['backup-delete', '/admin/system?tab=backups', 'Delete backup'],
  ['upstream-add', '/admin/settings?part=upstream', 'Add upstream'],
  ['upstream-edit', '/admin/settings?part=upstream', 'More for Spare', 'Edit'],
  ['upstream-remove', '/admin/settings?part=upstream', 'More for Spare', 'Remove upstream'],
  ['account', '/admin', 'Account'],
]

let stage: Stage
let page: Page
beforeAll(async () => {
  stage = await openStage()
  page = await stage.open('/admin', { cookie: stage.admin, expectedProblems: /./ })
})
/** Answers with the id of what was made, where something was. */
async function asAdmin(name: string, input: unknown): Promise<string> {
  const answer = await stage.portal.call(name, input, { cookie: stage.admin })
  if (!answer.ok) throw new Error(JSON.stringify(answer))
  return answer.data.id
}

/** As a press on a link does. */
async function goTo(path: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', '${path}')`)
  await settle()
}

/** Nothing is asked for any more, and what came is drawn. */
async function settle(): Promise<void> {
  await page.locator('h1').waitFor()
  const isDrawn = () =>
    page.evaluate<boolean>(`document.querySelector('.sk, [aria-busy=true], span.qr') === null
      && [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg path') !== null)`)
  await expect.poll(isDrawn, { interval: 20, timeout: 30_000 }).toBe(true)
}

async function showEach(state: string, screens: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, path] of Object.entries(screens)) {
    await goTo(path)
    await showConsole(page, `${name}-${state}`)
  }
}

journey('every screen before anything has happened', async () => {
  const shown = new Set(Object.values({ ...SCREENS, ...SETTINGS }).map((path) => path.replace(/\?.*/, '')))
  // A person's page is shown below, with something in it; the set-up has journeys of its own.
  const { user: _, setup: __, ...paths } = CONSOLE_PATHS
  expect([...shown].toSorted()).toEqual(Object.values(paths).toSorted())
  await showEach('empty', { lost: '/admin/nowhere', ...SCREENS })
})

journey('every screen with something in it', async () => {
  const [person] = await fillStage(stage)
  await asAdmin('settings.update', { announcement: 'Maintenance on Sunday', lowBalanceNanoUsd: 30 * DOLLAR })
  await asAdmin('users.create', { email: 'new.person@tidewater.example' })
  await asAdmin('users.invite', { note: 'from the fair' })
  const planId = await asAdmin('plans.create', { name: 'Team month', priceNanoUsd: 30 * DOLLAR, days: 30 })
  await asAdmin('users.grantPlan', { userId: person?.userId, planId, days: 30 })
  await asAdmin('codes.generate', { kind: 'balance', amountNanoUsd: DOLLAR, count: 3, name: 'Thank-you' })
  await asAdmin('settings.update', { modelAliases: { 'gpt-house': 'demo-smart' } })
  await asAdmin('prices.upsert', {
    model: 'gpt-5.9-house',
    inputNanoUsdPerMTok: 2 * DOLLAR,
    outputNanoUsdPerMTok: 8 * DOLLAR,
  })
  await asAdmin('prices.upsert', {
    model: 'gpt-5.9-house',
    inputNanoUsdPerMTok: 3 * DOLLAR,
    outputNanoUsdPerMTok: 9 * DOLLAR,
    effectiveFrom: Date.now() + 7 * 24 * 3_600_000,
    source: 'https://prices.example.com/2027',
  })
  await asAdmin('backups.create', {})
  const perMinute = (value: number) => ({ metric: 'requests', window: 'minute', value })
  await asAdmin('limits.update', { scope: 'user', subjectId: person?.userId, rules: [perMinute(60)] })
  await asAdmin('limits.update', { scope: 'key', subjectId: person?.keyId, rules: [perMinute(6)] })
  await asAdmin('upstreams.create', { name: 'Spare', baseUrl: `${stage.portal.url}/v1` })
  await page.reload()
  await showEach('full', SCREENS)
  await showEach('full', SETTINGS)
  for (const tab of ['overview', 'keys', 'usage', 'ledger', 'plan', 'sessions', 'audit']) {
    await goTo(`/admin/users/${person?.userId}?tab=${tab}`)
    await showConsole(page, `user-${tab}`)
  }
})

/** Of several, such as a button that a note has as well, the first. */
async function press(label: string): Promise<void> {
  const [, role, name = ''] = /^(row|switch|checkbox):(.*)/.exec(label) ?? []
  if (role === 'row') return page.getByRole('row', { name }).first().click()
  if (role === 'switch' || role === 'checkbox') return page.getByRole(role, { name }).click()
  const named = { name: label, exact: label !== 'Delete backup' && label !== 'Account' }
  await page.getByRole('button', named).or(page.getByRole('menuitem', named)).first().click()
}

journey('everything that a screen opens: dialogs, drawers, menus', async () => {
  const { data } = await stage.portal.call('users.list', { search: PERSON }, { cookie: stage.admin })
  const floating = page.locator('[role=dialog], [role=menu], aside.drawer')
  for (const [name, path, ...presses] of OPENED) {
    await goTo(path.replace(/^user (.*)/, `/admin/users/${data.rows[0].id}?tab=$1`))
    for (const label of presses) await press(label)
    await floating.first().waitFor()
    await settle()
    await showConsole(page, `dialog-${name}`)
    await page.keyboard.press('Escape')
    await page.locator('[role=dialog], [role=menu]').waitFor({ state: 'detached' })
  }
})

journey('every screen while nothing is answered', async () => {
  await page.route('**/api/*', (route) =>
    /me\.get|setup\.status|auth\.status|events/.test(route.request().url())
      ? route.continue()
      : refuse(route),
  )
  await page.reload()
  await showEach('failing', { ...SCREENS, settings: '/admin/settings' })
})
