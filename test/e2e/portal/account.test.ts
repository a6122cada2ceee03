// A person's own account: the second factor from set-up to its last recovery code, another address and password, sessions
// that end, what a month cost, and asking to be deleted.
import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright'
import { beforeAll, expect } from 'vitest'
import { smtpSettings } from '../../integration/support/mailing-portal.ts'
import { USER } from '../../integration/support/portal.ts'
import { type MailServer, startMailServer } from '../../support/mail-server.ts'
import {
  downloadedText,
  FAILURE_ID,
  failing,
  journey,
  openStage,
  type Stage,
  showLooks,
  takePicture,
} from '../support/stage.ts'

const STEP_MS = 30_000
const DOLLAR = 1_000_000_000
const NEW_PASSWORD = 'tall lantern beside water'

let stage: Stage
let mailServer: MailServer
const admin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })

beforeAll(async () => {
  stage = await openStage()
  mailServer = await startMailServer()
  await admin('mail.update', smtpSettings(mailServer.port))
  return () => mailServer.stop()
})

async function signIn(page: Page, email: string, password = USER.password) {
  await page.goto(`${stage.portal.url}/login?next=/account`)
  await page.locator('input[name=email]').fill(email)
  await page.locator('input[name=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function signOut(page: Page) {
  await page.getByRole('button', { name: /^Account: / }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/login')
}

journey(
  'a second factor is set up, asked for at sign-in, stood in for by a recovery code, and switched off',
  async () => {
    const email = 'careful@example.test'
    await stage.teammate(email)
    const page = await stage.open('/login')
    await signIn(page, email)
    await page.getByRole('button', { name: 'Set up' }).click()
    await page.getByLabel('Your password').fill('wrong')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('The password is wrong.').waitFor()
    await page.getByLabel('Your password').fill(USER.password)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('img', { name: 'Code for an authenticator app' }).waitFor()
    await showLooks(page, 'portal-account-factor-scan')
    const secret = Secret.fromBase32(await page.getByRole('dialog').locator('code').innerText())
    /** Each code is taken once, and the next one is good already. */
    const code = (steps: number) => new TOTP({ secret }).generate({ timestamp: Date.now() + steps * STEP_MS })
    await page.getByLabel('Code that the app shows').fill(code(-1))
    await page.getByRole('button', { name: 'Switch on' }).click()
    await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor()
    const recoveryCodes = await page
      .getByRole('list', { name: 'Recovery codes' })
      .locator('li')
      .allInnerTexts()
    const kept = await downloadedText(page, () => page.getByRole('button', { name: 'Download' }).click())
    expect(kept).toContain(`\n${recoveryCodes.join('\n')}\n`)
    await showLooks(page, 'portal-account-factor-codes')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('10 recovery codes are left.').waitFor()

    await signOut(page)
    await signIn(page, email)
    await page.getByLabel('Code', { exact: true }).fill('000000')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Attempts left: 4').waitFor()
    await showLooks(page, 'portal-sign-in-code')
    await page.getByLabel('Code', { exact: true }).fill(code(0))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor()

    await signOut(page)
    await signIn(page, email)
    await page.getByRole('button', { name: 'Use a recovery code' }).click()
    await page.getByLabel('Recovery code').fill(recoveryCodes[0] ?? '')
    await page.keyboard.press('Enter')
    await page.getByText('9 are left.').waitFor()

    await page.getByRole('button', { name: 'New recovery codes' }).click()
    await page.getByLabel('Your password').fill(USER.password)
    await page.getByLabel('Code of the app, or a recovery code').fill(recoveryCodes[1] ?? '')
    await page.getByRole('button', { name: 'Make new codes' }).click()
    await page.getByRole('list', { name: 'Recovery codes' }).waitFor()
    const renewed = await page.getByRole('list', { name: 'Recovery codes' }).locator('li').allInnerTexts()
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByRole('button', { name: 'Switch off' }).click()
    await page.getByLabel('Your password').fill(USER.password)
    await page.getByLabel('Code of the app, or a recovery code').fill(recoveryCodes[2] ?? '')
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click()
    await page.getByText('The code is wrong, or was used before.').waitFor()
    await page.getByLabel('Code of the app, or a recovery code').fill(renewed[0] ?? '')
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click()
    await page.getByText('The second factor is off.').waitFor()
    await page.getByRole('button', { name: 'Set up' }).waitFor()
  },
)

journey(
  'another address counts when its link is used, and another password ends the other sessions',
  async () => {
    const email = 'mover@example.test'
    const { cookie } = await stage.teammate(email)
    const other = await stage.portal.signIn({ email, password: USER.password })
    const page = await stage.open('/account', { cookie })
    await page.getByRole('button', { name: 'Change email' }).click()
    await page.getByLabel('New email').fill('moved@example.test')
    await page.getByLabel('Your password').fill(USER.password)
    await page.getByRole('button', { name: 'Send link' }).click()
    await page.getByText('moved@example.test takes its place when the link').waitFor()
    const { link: withdrawn } = await mailServer.take('moved@example.test')
    await page.getByRole('button', { name: 'Withdraw change' }).click()
    await page.getByText('moved@example.test takes its place when the link').waitFor({ state: 'detached' })
    const dead = await stage.open(new URL(withdrawn).pathname + new URL(withdrawn).hash)
    await dead.getByRole('heading', { name: 'This link does not work any more' }).waitFor()

    await page.getByRole('button', { name: 'Change email' }).click()
    await page.getByLabel('New email').fill('moved@example.test')
    await page.getByLabel('Your password').fill(USER.password)
    await page.getByRole('button', { name: 'Send link' }).click()
    await page.getByRole('button', { name: 'Withdraw change' }).waitFor()
    await showLooks(page, 'portal-account-email-pending')
    const { link } = await mailServer.take('moved@example.test')
    await page.goto(link)
    await page.getByRole('button', { name: 'Use this address' }).click()
    await page.getByText('You sign in with moved@example.test from now on.').waitFor()
    await page.getByRole('link', { name: 'Go on' }).click()
    await page.getByRole('button', { name: 'Account: moved@example.test' }).waitFor()

    await page.goto(`${stage.portal.url}/account`)
    await page.getByRole('button', { name: 'End all others' }).waitFor()
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByLabel('Current password').fill('wrong')
    await page.getByLabel('New password').fill(NEW_PASSWORD)
    await page.getByRole('dialog').getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The password is wrong.').waitFor()
    await page.getByLabel('Current password').fill(USER.password)
    await page.getByRole('dialog').getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Password changed. Every other session has ended.').waitFor()
    await page.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' })
    expect((await stage.portal.call('me.get', {}, { cookie: other })).status).toBe(401)
  },
)

journey('sessions end one by one and together, and a wish to be deleted is asked and withdrawn', async () => {
  const email = 'everywhere@example.test'
  const { cookie, id } = await stage.teammate(email)
  const again = () => stage.portal.signIn({ email, password: USER.password })
  const first = await again()
  const rest = [await again(), await again()]
  const page = await stage.open('/account', { cookie })
  const ends = page.getByRole('button', { name: /^End the session of/ })
  await ends.first().waitFor()
  expect(await ends.count()).toBe(3)
  await ends.last().click()
  await page.getByText('The session of Unknown client has ended.').waitFor()
  expect((await stage.portal.call('me.get', {}, { cookie: first })).status).toBe(401)
  await page.getByRole('button', { name: 'End all others' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click()
  await page.getByText('2 sessions have ended.').waitFor()
  for (const ended of rest) {
    expect((await stage.portal.call('me.get', {}, { cookie: ended })).status).toBe(401)
  }

  await page.getByRole('button', { name: 'Ask for deletion' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Your password').fill(USER.password)
  await dialog.getByRole('button', { name: 'Ask for deletion' }).click()
  await dialog.getByText('That is not the address of this account.').waitFor()
  await showLooks(page, 'portal-account-deletion')
  await dialog.getByLabel(`Type ${email} to confirm`).fill(email)
  await dialog.getByRole('button', { name: 'Ask for deletion' }).click()
  await page.getByText('You asked for this account to be deleted').waitFor()
  expect((await admin('users.get', { userId: id })).data.deletionRequestedAt).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await page.getByText('Your account stays.').waitFor()
  expect((await admin('users.get', { userId: id })).data.deletionRequestedAt).toBeNull()
})

journey(
  'the language and the theme that are kept with an account reach a browser without a choice',
  async () => {
    const { cookie } = await stage.teammate('settled@example.test')
    const page = await stage.open('/account', { cookie })
    await page.getByRole('radiogroup', { name: 'Theme' }).getByText('Dark').click()
    await page.getByRole('radiogroup', { name: 'Language' }).getByText('简体中文').click()
    await page.getByRole('heading', { level: 1, name: '账户' }).waitFor()
    await expect
      .poll(async () => (await stage.portal.call('me.get', {}, { cookie })).data)
      .toMatchObject({ theme: 'dark', locale: 'zh-CN' })
    const elsewhere = await stage.open('/account', { cookie })
    await elsewhere.getByRole('heading', { level: 1, name: '账户' }).waitFor()
    expect(await elsewhere.locator('html').getAttribute('data-theme')).toBe('dark')
  },
)

let spending: Promise<string> | undefined
/** Somebody with a top-up, a correction and two requests; the demo upstream takes its time, so it is one person for all. */
const spender = (): Promise<string> => (spending ??= createSpender())

async function createSpender(): Promise<string> {
  const { id, cookie } = await stage.teammate('spender@example.test')
  await admin('users.adjustBalance', { userId: id, amountNanoUsd: 20 * DOLLAR, note: 'October’s share' })
  await admin('users.adjustBalance', { userId: id, amountNanoUsd: -DOLLAR / 4, note: 'typed twice' })
  const { secret } = (await stage.portal.call('keys.create', { name: 'laptop' }, { cookie })).data
  const ask = async (model: string) => {
    const answer = await fetch(`${stage.portal.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, input: 'Say hello.' }),
    })
    expect([answer.status, (await answer.text()).length > 0]).toEqual([200, true])
  }
  await Promise.all(['demo-smart', 'demo-fast'].map(ask))
  return cookie
}

journey('a statement adds up on the page and in its file', async () => {
  const cookie = await spender()
  const page = await stage.open('/account', { cookie })
  await page.getByRole('link', { name: 'Open statements' }).click()
  await page.getByText('demo-smart').waitFor()
  const csv = await downloadedText(page, () => page.getByRole('button', { name: 'Download CSV' }).click())
  const lines = csv.trim().split('\r\n').slice(1)
  const nano = (line = '') => BigInt((line.split(',')[4] ?? '').replace('.', ''))
  expect(lines).toHaveLength(6)
  const sum = lines.slice(0, -1).reduce((total, line) => total + nano(line), 0n)
  expect(sum).toBe(nano(lines.at(-1)))
  const overview = (await stage.portal.call('me.overview', {}, { cookie })).data
  expect(sum).toBe(BigInt(overview.balanceNanoUsd))

  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false)
  await takePicture(page, 'portal-statement-print')
  const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g)
  expect(sheets).toHaveLength(1)
})

journey('account and statement are sound, full and failing, and one part may fail alone', async () => {
  const cookie = await spender()
  const page = await stage.open('/account', { cookie, expectedProblems: /sessions\.list|me\.statement/ })
  const open = (path: string) => page.goto(`${stage.portal.url}${path}`)
  await page.getByRole('table').waitFor()
  await showLooks(page, 'portal-account')
  for (const [name, button] of [
    ['email', 'Change email'],
    ['password', 'Change password'],
  ] as const) {
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('dialog').waitFor()
    await showLooks(page, `portal-account-${name}`)
    await page.keyboard.press('Escape')
  }
  await open('/account/statement')
  await page.getByText('demo-smart').waitFor()
  await showLooks(page, 'portal-statement')
  const { cookie: newcomer } = await stage.teammate('no-statement@example.test')
  const empty = await stage.open('/account/statement', { cookie: newcomer })
  await empty.getByRole('button', { name: 'Print' }).waitFor()
  await showLooks(empty, 'portal-statement-empty')

  await failing(page, 'me.statement')
  await page.reload()
  await page.getByText(FAILURE_ID).first().waitFor()
  await showLooks(page, 'portal-statement-failing')
  await failing(page, 'sessions.list')
  await open('/account')
  await page.getByText(FAILURE_ID).first().waitFor()
  await showLooks(page, 'portal-account-failing')
})
