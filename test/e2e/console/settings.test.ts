// The operator's settings: a change is named before and after it is saved, and holds; what is dangerous asks; the upstream and
// mail are tried before they are trusted.
import { beforeAll, expect } from 'vitest'
import { startDemoUpstream } from '../../../server/demo-upstream/demo-upstream.ts'
import { expectSound, journey, openStage, type Stage, showConsole, takePicture } from '../support/stage.ts'

const UPSTREAM_KEY = 'sk-of-the-operator-4f2a'

let stage: Stage
const admin = (name: string, input: unknown = {}) => stage.portal.call(name, input, { cookie: stage.admin })

beforeAll(async () => {
  // As a host does, so that the setting itself decides.
  stage = await openStage({
    config: { remoteAdministration: undefined, remoteAdministrationDefault: 'loopback' },
  })
})

journey('changes are named before they are saved, only they are sent, and they hold', async () => {
  const page = await stage.open('/admin/settings?part=billing', { cookie: stage.admin })
  await page.getByRole('textbox', { name: 'Minimum top-up' }).fill('10')
  await page.getByRole('textbox', { name: 'Low balance notice' }).fill('x')
  const changes = page.getByRole('region', { name: 'What is about to change' })
  await changes.getByText('Minimum top-up: $0.00 $10.00').waitFor()
  await changes.getByRole('button', { name: 'Save 2 changes' }).click()
  await page.getByText('Type a number from 0 to 1,000,000.').waitFor()
  await page.getByRole('textbox', { name: 'Low balance notice' }).fill('2.50')
  await takePicture(page, 'console-settings-changes')
  await changes.getByRole('button', { name: 'Save 2 changes' }).click()
  await page.getByText('Changed: Minimum top-up, Low balance notice').waitFor()
  await changes.waitFor({ state: 'detached' })
  expect((await admin('settings.get')).data).toMatchObject({
    minimumTopUpNanoUsd: 10_000_000_000,
    lowBalanceNanoUsd: 2_500_000_000,
    sessionDays: 7,
  })
  await page.getByRole('tab', { name: 'General' }).click()
  await page.getByRole('textbox', { name: 'Announcement' }).fill('Maintenance on Friday')
  await page.getByRole('combobox', { name: 'Time zone' }).fill('new york')
  await page.getByRole('option', { name: 'America/New York' }).click()
  await page.getByRole('textbox', { name: 'Public address' }).fill('gateway.example.com')
  // A look at another part loses nothing of it, and neither does a change that somebody else makes meanwhile.
  await page.getByRole('tab', { name: 'Network' }).click()
  await page.getByRole('radiogroup', { name: 'WebSockets' }).waitFor()
  await admin('settings.update', { productName: 'Elsewhere' })
  await page.getByRole('tab', { name: 'General' }).click()
  await page.getByRole('banner').getByText('Elsewhere').waitFor()
  await page.getByRole('button', { name: 'Save 3 changes' }).click()
  await page.getByRole('alert').filter({ hasText: 'Type an address that begins with http://' }).waitFor()
  await takePicture(page, 'console-settings-refused')
  await page.getByRole('textbox', { name: 'Public address' }).fill('')
  await page.getByRole('button', { name: 'Save 2 changes' }).click()
  await page.getByText('Changed: Announcement, Time zone').waitFor()
  const { data } = await admin('audit.list', { operation: 'settings.update' })
  expect(data.rows).toHaveLength(3)

  // The name that the gateway is given is its name everywhere, at once.
  await page.getByRole('textbox', { name: 'Name of this gateway' }).fill('Tidewater')
  await page.getByRole('button', { name: 'Save 1 change' }).click()
  await page.getByRole('banner').getByText('Tidewater').waitFor()
  await expect.poll(() => page.title()).toBe('Settings · Tidewater')
  await page.goto(stage.portal.url)
  await page.getByRole('banner').getByRole('link', { name: 'Tidewater' }).waitFor()
  await expect.poll(() => page.title()).toBe('Home · Tidewater')
})

journey('WebSockets are switched off, and what people may keep is bounded', async () => {
  const page = await stage.open('/admin/settings?part=network', { cookie: stage.admin })
  const choice = page.getByRole('radiogroup', { name: 'WebSockets' })
  await choice.getByText('Off', { exact: true }).click()
  await page.getByText('WebSockets: Answered Off').waitFor()
  await takePicture(page, 'console-settings-websockets')
  await page.getByRole('button', { name: 'Save 1 change' }).click()
  await page.getByText('Changed: WebSockets').waitFor()
  await page.getByRole('tab', { name: 'Advanced' }).click()
  await page.getByRole('textbox', { name: 'Files of one person' }).fill('20')
  await page.getByRole('textbox', { name: 'Uploads on disk, of all' }).fill('2147483648')
  await page.getByText('Uploads on disk, of all: 4 GiB 2 GiB').waitFor()
  await expectSound(page)
  await takePicture(page, 'console-settings-uploads')
  await page.getByRole('button', { name: 'Save 2 changes' }).click()
  await page.getByText('Changed: Files of one person, Uploads on disk, of all').waitFor()
  expect((await admin('settings.get')).data).toMatchObject({
    webSockets: 'off',
    filesPerUserMax: 20,
    formBytesMax: 2_147_483_648,
  })
})

journey('closing the door behind oneself is asked about first', async () => {
  const page = await stage.open('/admin/settings?part=security', { cookie: stage.admin })
  await page.getByText('Nobody over HTTP').click()
  await page.getByRole('button', { name: 'Save 1 change' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('you included').waitFor()
  await showConsole(page, 'settings-door')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect((await admin('settings.get')).data.effective.remoteAdministration).toBe('loopback')
  await page.getByRole('button', { name: 'Discard' }).click()
  expect(await page.getByRole('radio', { name: /As the host decides/ }).isChecked()).toBe(true)
})

journey('an upstream is tried, saved with a key that is shown masked, and said to answer', async () => {
  const upstream = await startDemoUpstream({ apiKey: UPSTREAM_KEY })
  stage.portal.secrets.used('the operator’s key', UPSTREAM_KEY)
  const page = await stage.open('/admin/settings?part=upstream', { cookie: stage.admin })
  await page.getByText('OpenAI, or one like it').click()
  await page.getByRole('textbox', { name: 'Base URL' }).fill(upstream.baseUrl)
  await page.getByLabel(/API key/).fill('sk-wrong')
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText('does not accept this API key').first().waitFor()
  await takePicture(page, 'console-settings-upstream-refused')
  await page.getByLabel(/API key/).fill(UPSTREAM_KEY)
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText(/It works: \d+ models/).waitFor()
  await page.getByRole('button', { name: 'Save upstream' }).click()
  await page.getByText(`Requests go to ${upstream.baseUrl} now`).waitFor()
  await page.getByText('••••••••4f2a').waitFor()
  expect(await page.content()).not.toContain(UPSTREAM_KEY)
  await expectSound(page)
  await takePicture(page, 'console-settings-upstream')
  await admin('upstreams.update', { kind: 'demo' })
  await upstream.stop()
})

journey('mail that cannot go out says why, and is tried again from the queue', async () => {
  const page = await stage.open('/admin/settings?part=mail', { cookie: stage.admin })
  await page.getByText('Links for invitations').waitFor()
  await page.getByText('SMTP', { exact: true }).click()
  await page.getByRole('button', { name: 'Save mail' }).click()
  await page.getByText('Type the server’s name').waitFor()
  await page.getByRole('textbox', { name: 'From' }).fill('gateway@example.test')
  await page.getByRole('textbox', { name: 'Server' }).fill('127.0.0.1')
  await page.getByRole('textbox', { name: 'Port' }).fill('1')
  await page.getByRole('combobox', { name: 'Encryption' }).click()
  await page.getByRole('option', { name: /None/ }).click()
  await page.getByRole('button', { name: 'Save mail' }).click()
  await page.getByText('Mail settings were saved').waitFor()
  await page.getByRole('button', { name: 'Send test mail' }).click()
  await page.getByRole('alert').first().waitFor()

  for (const email of ['zoe@tidewater.example', 'Adam@tidewater.example'])
    await admin('users.invite', { email })
  await admin('mail.update', { smtpUser: 'gateway', smtpPassword: 'of the mail server' })
  await page.reload()
  const queue = page.getByRole('table', { name: 'Queue' })
  const names = () => queue.locator('tbody .m').allTextContents()
  await expect.poll(() => queue.getByText('was not reached').count()).toBe(2)
  await queue.getByRole('button', { name: 'Sort by To' }).click()
  await expect.poll(names).toEqual(['adam@tidewater.example', 'zoe@tidewater.example'])
  await page.getByRole('searchbox', { name: 'Find a recipient' }).fill('ZOE')
  await expect.poll(names).toEqual(['zoe@tidewater.example'])

  // What was typed stays while mail comes and goes, and a password does not go to another server than its own.
  await page.getByRole('textbox', { name: 'Server' }).fill('smtp.elsewhere.example')
  await queue.getByRole('button', { name: 'Send again to zoe@tidewater.example' }).click()
  await page.getByText('Trying again: zoe@tidewater.example').waitFor()
  await page.getByRole('button', { name: 'Save mail' }).click()
  await page.getByText('Type the password for the new host').waitFor()
  expect((await admin('mail.get')).data.smtpHost).toBe('127.0.0.1')
  await showConsole(page, 'settings-mail')
})
