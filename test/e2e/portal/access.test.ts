// How people get in: by registering, by an invitation, by a new password; and how each of these ways says no.
import { beforeAll, expect } from 'vitest'
import { smtpSettings } from '../../integration/support/mailing-portal.ts'
import { type MailServer, startMailServer } from '../../support/mail-server.ts'
import {
  FAILURE_ID,
  failing,
  journey,
  openStage,
  type Stage,
  showLooks,
  takePicture,
} from '../support/stage.ts'

const PASSWORD = 'quiet river under stones'
const OTHER_PASSWORD = 'tall lantern beside water'

let stage: Stage
let mailServer: MailServer
const admin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })

beforeAll(async () => {
  stage = await openStage()
  mailServer = await startMailServer()
  await admin('settings.update', { registration: 'open' })
  await admin('mail.update', smtpSettings(mailServer.port))
  return () => mailServer.stop()
})

journey('somebody registers, is kept out until the link of the mail comes back, and signs in', async () => {
  const email = 'newcomer@example.test'
  const page = await stage.open('/')
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByRole('heading', { name: 'Create an account' }).waitFor()
  await page.getByRole('button', { name: 'Create account' }).click()
  expect(await page.getByRole('alert').count()).toBe(2)
  await page.getByLabel('Email').fill(email)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText(`A mail is on its way to ${email}.`).waitFor()

  await page.getByRole('link', { name: 'Back to sign in' }).click()
  await page.getByLabel('Email').fill(email)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The address is not verified yet.').waitFor()
  const { link: first } = await mailServer.take(email)
  await page.getByRole('button', { name: 'Send the link again' }).click()
  await page.getByText(`A new link is on its way to ${email}.`).waitFor()
  const { link } = await mailServer.take(email)

  await page.goto(first)
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor()
  // Only the fragment differs from the page that is open.
  await page.goto(link)
  await page.getByText(`${email} is the address of your new account.`).waitFor()
  expect(new URL(page.url()).hash).toBe('')
  await page.getByRole('button', { name: 'Confirm address' }).click()
  await page.getByRole('heading', { name: 'Address confirmed' }).waitFor()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Email').fill(email)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: `Account: ${email}` }).waitFor()
})

journey('a lost password is set anew by the link of a mail, which works once', async () => {
  const email = 'forgetful@example.test'
  await stage.teammate(email)
  const page = await stage.open('/login')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('Email').fill(email)
  await page.getByRole('button', { name: 'Send link' }).click()
  await page.getByText(`If ${email} has an account here`).waitFor()
  await mailServer.take(email)
  await page.getByRole('button', { name: 'Send it again' }).click()
  const { link } = await mailServer.take(email)
  await page.getByText('Sent again.', { exact: true }).waitFor()
  await showLooks(page, 'portal-forgot-sent')

  await page.goto(link)
  await page.getByText(`for ${email}`).waitFor()
  await page.getByLabel('New password').fill('short')
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByText('Type at least 10 characters.').waitFor()
  await page.getByLabel('New password').fill(OTHER_PASSWORD)
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Password set' }).waitFor()
  const again = await stage.open(new URL(link).pathname + new URL(link).hash)
  await again.getByText('A link for a new password works once.').waitFor()

  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Email').fill(email)
  await page.locator('input[name=password]').fill(OTHER_PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: `Account: ${email}` }).waitFor()
})

journey(
  'an invitation that was handed over lets one person in, while registering waits for approval',
  async () => {
    await admin('mail.update', { kind: 'off' })
    await admin('settings.update', { registration: 'approval' })
    const invited = await admin('users.invite', { email: 'invited@example.test' })
    const link = new URL(invited.data.link)
    const page = await stage.open(link.pathname + link.hash)
    await page.getByRole('heading', { name: 'You are invited' }).waitFor()
    expect(await page.getByLabel('Email').getAttribute('readonly')).not.toBeNull()
    expect(new URL(page.url()).hash).toBe('')
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.getByRole('button', { name: 'Accept invitation' }).click()
    await page.getByRole('button', { name: 'Account: invited@example.test' }).waitFor()

    const second = await stage.open(link.pathname + link.hash)
    await second.getByText('If you have accepted it already, sign in.').waitFor()

    await second.getByRole('link', { name: 'Sign in' }).click()
    await second.getByRole('link', { name: 'Create an account' }).click()
    await second.getByLabel('Email').fill('patient@example.test')
    await second.locator('input[name=password]').fill(PASSWORD)
    await second.getByRole('button', { name: 'Create account' }).click()
    await second.getByRole('heading', { name: 'Waiting for approval' }).waitFor()
    await second.getByRole('link', { name: 'Back to sign in' }).click()
    await second.getByLabel('Email').fill('patient@example.test')
    await second.locator('input[name=password]').fill(PASSWORD)
    await second.keyboard.press('Enter')
    await second.getByText('This account waits for its approval by an administrator.').waitFor()
    await second.getByRole('link', { name: 'Forgot your password?' }).click()
    await second.getByText('Ask its administrator for a link that sets a new password.').waitFor()
  },
)

journey('somebody who was suspended is told so, and can still set a password that was lost', async () => {
  const email = 'suspended@example.test'
  const { id } = await stage.teammate(email)
  await admin('users.setStatus', { userId: id, status: 'suspended' })
  const link = new URL((await admin('users.resetLink', { userId: id })).data.link)
  const page = await stage.open(link.pathname + link.hash)
  await page.getByLabel('New password').fill(OTHER_PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Password set' }).waitFor()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Email').fill(email)
  await page.locator('input[name=password]').fill(OTHER_PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByText('This account is suspended.').waitFor()
})

const LINK = { role: null, expiresAt: 4_102_444_800_000 }

journey('the ways in are sound, and so are their refusals', async () => {
  const page = await stage.open('/login', { expectedProblems: /auth\.(status|verifyEmail)/ })
  const shot = async (picture: string) => {
    await page.locator('.hello h1').waitFor()
    await showLooks(page, `portal-${picture}`)
  }
  const answer = (operation: string, data: object) =>
    page.route(`**/api/${operation}`, (route) => route.fulfill({ json: { ok: true, data } }))
  const status = (registration: string, isMailAvailable = true) =>
    answer('auth.status', {
      isSetUpDone: true,
      productName: 'Tidewater',
      registration,
      isMailAvailable,
      locale: 'en',
    })
  const open = async (path: string) => {
    // Where only the fragment differs, a page stays as it is.
    await page.goto('about:blank')
    await page.goto(`${stage.portal.url}${path}`)
  }

  await status('approval')
  await open('/register')
  await shot('register')
  await answer('auth.register', { outcome: 'verification_sent' })
  await page.locator('input[name=email]').fill('someone.with.a.long.name@department.example.test')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.getByRole('status').first().waitFor()
  await shot('register-sent')
  await status('closed', false)
  await open('/register')
  await shot('register-closed')

  await open('/reset-password')
  await shot('link-dead')
  await status('invite', false)
  await open('/forgot-password')
  await page.getByRole('status').first().waitFor()
  await shot('forgot-password-without-mail')
  await answer('auth.checkLink', { ...LINK, purpose: 'invitation', email: 'teammate@example.test' })
  await open('/accept-invitation#token=x')
  await page.locator('button[type=submit]').waitFor()
  await shot('accept-invitation')
  await answer('auth.checkLink', { ...LINK, purpose: 'reset_password', email: 'teammate@example.test' })
  await open('/reset-password#token=x')
  await page.locator('button[type=submit]').waitFor()
  await shot('reset-password')
  await answer('auth.checkLink', { ...LINK, purpose: 'verify_email', email: 'teammate@example.test' })
  await open('/verify-email#token=x')
  await page.getByRole('button', { name: 'Confirm address' }).waitFor()
  await shot('verify-email')
  await failing(page, 'auth.verifyEmail')
  await page.getByRole('button', { name: 'Confirm address' }).click()
  await page.getByText(FAILURE_ID).waitFor()
  await shot('verify-email-failing')
})

journey('a page that the server draws fits the smallest phone, however the gateway is called', async () => {
  const rename = (productName: string) =>
    stage.portal.call('settings.update', { productName }, { cookie: stage.admin })
  await rename('Donaudampfschifffahrtsgesellschafts-Gateway')
  const page = await stage.open('/nothing-here', { size: 'phone' })
  for (const lang of ['en', 'zh-CN']) {
    await page.goto(`${stage.portal.url}/nothing-here?lang=${lang}`)
    await page.setViewportSize({ width: 320, height: 640 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    await takePicture(page, `server-page-smallest-${lang}`)
  }
  await rename('Codex Gateway')
})
