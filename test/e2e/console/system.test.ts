// The operator's view of the running gateway: its figures and its books, losses decided, a backup made, looked at and put back
// after damage, the log, and what the gateway is made of.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { leaveOpen, onBooks } from '../../integration/support/books.ts'
import { ADMIN, startPortal, USER } from '../../integration/support/portal.ts'
import { backUpDamageRestore, deleteSafetyCopy, expectRestored } from '../../journeys/backups.ts'
import {
  doorOf,
  expectSound,
  journey,
  openStage,
  type Stage,
  showConsole,
  takePicture,
} from '../support/stage.ts'

const CENT = 10_000_000

/** A log of the host's, which the stage has none of. */
const LINES = [
  {
    at: Date.now(),
    level: 'error',
    message: 'the upstream failed',
    fields: { requestId: 'req_7Q4M', statusCode: 502 },
  },
  { at: Date.now() - 5_000, level: 'warn', message: 'a slow statement', fields: { ms: 212 } },
  { at: Date.now() - 60_000, level: 'info', message: 'ready', fields: { address: 'http://127.0.0.1:8080' } },
]

let stage: Stage
let cookie = ''
const admin = (name: string, input: unknown = {}) => stage.portal.call(name, input, { cookie })
const audited = async () => {
  const { data } = await admin('audit.list', { limit: 50 })
  return (data.rows as { operation: string }[]).map(({ operation }) => operation)
}

/** A gateway that died while two requests of one person were running. */
beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'codex-gateway-system-'))
  afterAll(() => rm(dataDir, { recursive: true, force: true }))
  const first = await startPortal({ dataDir })
  const signedIn = { cookie: await first.setUp() }
  const { data: user } = await first.call('users.create', USER, signedIn)
  await first.call('users.adjustBalance', { userId: user.id, amountNanoUsd: 100 * CENT }, signedIn)
  const { data: key } = await first.call('keys.create', { name: 'laptop', userId: user.id }, signedIn)
  await first.stop()
  const priceId = await onBooks(dataDir, ({ raw }) =>
    raw.prepare<[string], string>('SELECT id FROM prices WHERE model = ?').pluck().get('demo-smart'),
  )
  await leaveOpen(
    dataDir,
    [1, 2].map((n) => ({
      requestId: `req_lost_${n}`,
      userId: user.id,
      keyId: key.id,
      model: 'demo-smart',
      priceId: priceId ?? '',
      amountNanoUsd: n * CENT,
      planSubscriptionId: null,
      createdAt: Date.now() - 60_000 + n,
    })),
  )
  stage = await openStage({ dataDir })
  cookie = await stage.portal.signIn(ADMIN)
})

journey('figures are shown, and the books are checked on demand', async () => {
  const page = await stage.open('/admin/system', { cookie })
  await page.getByText('Running for').waitFor()
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText('Balanced', { exact: true }).waitFor()
  await page.getByText('Event-loop delay').waitFor()
  await page.getByRole('tab', { name: 'Licences' }).click()
  await page
    .getByRole('row', { name: /better-sqlite3/ })
    .first()
    .waitFor()
})

journey('one possible loss is charged and one dismissed, each after a question', async () => {
  const page = await stage.open('/admin/system?tab=money', { cookie })
  await page.getByText('2 to decide').waitFor()
  await expectSound(page)
  await takePicture(page, 'console-system-losses')
  const dialog = page.getByRole('dialog')
  await page.getByRole('row', { name: /0\.02/ }).getByRole('button', { name: 'Charge' }).click()
  await dialog.getByText('This is done once').waitFor()
  await takePicture(page, 'console-system-charge')
  await dialog.getByRole('button', { name: 'Charge $0.020000' }).click()
  await page.getByText(`${USER.email} was charged $0.020000`).waitFor()
  await page.getByRole('row', { name: /0\.01/ }).getByRole('button', { name: 'Dismiss' }).click()
  await dialog.getByRole('button', { name: 'Dismiss loss' }).click()
  await page.getByText('None. A request that was running').waitFor()
  expect(await audited()).toEqual(expect.arrayContaining(['losses.charge', 'losses.dismiss']))
  const { data } = await admin('users.list', { search: USER.email })
  expect(data.rows[0]).toMatchObject({ balanceNanoUsd: 98 * CENT })
})

journey('a backup brings back what was there before the damage, after saying what goes', async () => {
  const page = await stage.open('/admin/system?tab=backups', {
    cookie,
    expectedProblems: /50\d|Failed to load/,
  })
  const { data } = await admin('users.list', { search: USER.email })
  const person = { id: data.rows[0].id, email: USER.email, cookie: '', secret: '' }
  const door = doorOf(stage, page, () => cookie)
  const signedOut = page.waitForResponse(
    (answer) => answer.url().endsWith('/me.get') && answer.status() === 401,
    { timeout: 120_000 },
  )
  await backUpDamageRestore(door, person)
  // The end of every session takes nobody away from what is told about it.
  await signedOut
  await page.evaluate('new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))')
  expect(new URL(page.url()).pathname).toBe('/admin/system')
  expect(await page.getByRole('heading', { name: 'The backup was restored' }).isVisible()).toBe(true)
  await takePicture(page, 'console-system-restored')
  await page.getByRole('link', { name: 'Sign in again' }).click()
  await page.waitForURL('**/login*')

  cookie = await stage.portal.signIn(ADMIN)
  await expectRestored(door, person, 98 * CENT)
  expect(await audited()).toContain('backups.restore')

  const next = await stage.open('/admin/system?tab=backups', { cookie })
  await deleteSafetyCopy(doorOf(stage, next, () => cookie))
})

journey('a log with something in it, in every look', async () => {
  const page = await stage.open('/admin', { cookie })
  await page.route('**/api/system.logs', (route) =>
    route.fulfill({ json: { ok: true, data: { rows: LINES, nextCursor: null } } }),
  )
  await page.goto(`${stage.portal.url}/admin/system?tab=logs`)
  await page.getByText('statusCode=502').waitFor()
  await showConsole(page, 'system-logs')
})
