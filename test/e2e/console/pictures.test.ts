// Every screen of the console with its dialogs, empty, full and failing, for people to look at, and held against the
// accessibility checker, in the looks of ADR 0124. One server and one page; it moves from screen to screen without being loaded.
import type { Page } from 'playwright'
import { beforeAll, expect, vi } from 'vitest'
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
  ['key-create', '/admin/keys', 'Create API key'],
  ['restore', '/admin/system?tab=backups', 'Restore'],
  ['upstream-add', '/admin/settings?part=upstream', 'Add upstream'],
]

let stage: Stage
let page: Page
beforeAll(async () => {
  stage = await openStage()
  page = await stage.open('/admin', { cookie: stage.admin, expectedProblems: /./ })
})
async function asAdmin(name: string, input: unknown): Promise<void> {
  const answer = await stage.portal.call(name, input, { cookie: stage.admin })
  if (!answer.ok) throw new Error(JSON.stringify(answer))
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
    page.evaluate<boolean>(`document.querySelector('.sk, [aria-busy=true]') === null
      && [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg path') !== null)`)
  await expect.poll(isDrawn, { interval: 20, timeout: 30_000 }).toBe(true)
}

async function showEach(state: string, screens: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, path] of Object.entries(screens)) {
    await goTo(path)
    await showConsole(page, `${name}-${state}`)
  }
}

journey('every screen before anything has happened', () => showEach('empty', SCREENS))

journey('every screen with something in it', async () => {
  const [person] = await fillStage(stage)
  await asAdmin('settings.update', { announcement: 'Maintenance on Sunday', lowBalanceNanoUsd: 30 * DOLLAR })
  await asAdmin('users.create', { email: 'new.person@tidewater.example' })
  await asAdmin('users.invite', { note: 'from the fair' })
  await asAdmin('plans.create', { name: 'Team month', priceNanoUsd: 30 * DOLLAR, days: 30 })
  await asAdmin('codes.generate', { kind: 'balance', amountNanoUsd: DOLLAR, count: 3, name: 'Thank-you' })
  await asAdmin('settings.update', { modelAliases: { 'gpt-house': 'demo-smart' } })
  await asAdmin('prices.upsert', {
    model: 'gpt-5.9-house',
    inputNanoUsdPerMTok: 2 * DOLLAR,
    outputNanoUsdPerMTok: 8 * DOLLAR,
  })
  await asAdmin('backups.create', {})
  await page.reload()
  await showEach('full', SCREENS)
  await showEach('full', SETTINGS)
  for (const tab of ['overview', 'keys', 'usage', 'ledger', 'plan', 'sessions', 'audit']) {
    await goTo(`/admin/users/${person?.userId}?tab=${tab}`)
    await showConsole(page, `user-${tab}`)
  }
})

journey('every dialog that a screen opens', async () => {
  for (const [name, path, ...presses] of DIALOGS) {
    await goTo(path)
    for (const label of presses) await page.getByRole('button', { name: label }).first().click()
    await page.getByRole('dialog').waitFor()
    await settle()
    await showConsole(page, `dialog-${name}`)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
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
