// What a teammate has and spends, on the screens: the first request, a code, a plan, its quota, receipts; all by push.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, expect } from 'vitest'
import { OpenAI } from '../../clients/openai-client.ts'
import { smtpSettings } from '../../integration/support/mailing-portal.ts'
import { createMovableClock } from '../../integration/support/movable-clock.ts'
import { USER } from '../../integration/support/portal.ts'
import { type MailServer, startMailServer } from '../../support/mail-server.ts'
import { expectSound, journey, openStage, type Stage, showLooks, takePicture } from '../support/stage.ts'

const DOLLAR = 1_000_000_000
const MODEL = 'demo-smart'
const PATIENCE = { timeout: 10_000 }
const SCRIPT = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'

const DAY_MS = 86_400_000

const clock = createMovableClock()
let stage: Stage
let mailServer: MailServer
const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })

beforeAll(async () => {
  stage = await openStage({ ports: { clock } })
  mailServer = await startMailServer()
  await asAdmin('mail.update', smtpSettings(mailServer.port))
  await asAdmin('settings.update', {
    registration: 'open',
    announcement: `Maintenance on Sunday ${SCRIPT}`,
  })
  // Dear enough that one request is seen in a balance.
  await asAdmin('prices.upsert', {
    model: MODEL,
    inputNanoUsdPerMTok: 10_000 * DOLLAR,
    outputNanoUsdPerMTok: 10_000 * DOLLAR,
  })
  await asAdmin('plans.create', { name: 'Small', priceNanoUsd: 4 * DOLLAR, days: 7 })
  await asAdmin('plans.create', { name: 'Large', priceNanoUsd: 20 * DOLLAR, days: 30 })
  return () => mailServer.stop()
})

async function person(email: string, dollars: number) {
  const { id, cookie } = await stage.teammate(email)
  if (dollars > 0)
    await asAdmin('users.adjustBalance', { userId: id, amountNanoUsd: dollars * DOLLAR, note: 'start' })
  return { id, cookie }
}

async function send(secret: string): Promise<{ status: number; body: { error?: { message: string } } }> {
  const response = await fetch(`${stage.portal.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: MODEL,
      messages: [{ role: 'user', content: 'hello' }],
      max_completion_tokens: 200,
    }),
  })
  // The error's shape is OpenAI's, told by its documentation.
  return { status: response.status, body: (await response.json()) as { error?: { message: string } } }
}

/** The exact amount stands in the title of every figure. */
const exactOf = async (page: Page, region: string): Promise<number> => {
  const title = await page
    .getByRole('region', { name: region })
    .locator('.money')
    .first()
    .getAttribute('title')
  return Math.round(Number(title?.replace(/[$,]/g, '')) * DOLLAR)
}

journey(
  'a newcomer registers, makes a key and uses it with the OpenAI SDK; home, row and receipt follow without a reload',
  async () => {
    const email = 'newcomer@example.test'
    const page = await stage.open('/register')
    await page.getByLabel('Email').fill(email)
    await page.locator('input[name=password]').fill(USER.password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.goto((await mailServer.take(email)).link)
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('Email').fill(email)
    await page.locator('input[name=password]').fill(USER.password)
    await page.keyboard.press('Enter')
    const balance = page.getByRole('region', { name: 'Balance' })
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
    await balance.getByText('$0.00').first().waitFor()
    const cookie = await stage.portal.signIn({ email, password: USER.password })
    const { id } = (await stage.portal.call('me.get', {}, { cookie })).data
    await page.evaluate('window.loadedOnce = true')

    await asAdmin('users.adjustBalance', { userId: id, amountNanoUsd: 50 * DOLLAR, note: 'welcome' })
    await balance.getByText('$50.00').first().waitFor()
    await page.getByRole('list').getByRole('link', { name: 'Create an API key' }).first().click()
    await page.getByRole('textbox', { name: 'Name' }).fill(SCRIPT.slice(0, 90))
    await page.keyboard.press('Enter')
    const secret = await page.getByText(/^sk-cg-\w+-\w+$/).innerText()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('link', { name: 'Home' }).first().click()
    await page.getByRole('heading', { name: 'My API keys' }).waitFor()

    const client = new OpenAI({ baseURL: `${stage.portal.url}/v1`, apiKey: secret })
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: 'user', content: 'hello' }],
      max_completion_tokens: 200,
    })
    expect(answer.choices[0]?.message.content).toBeTruthy()
    await page.getByRole('heading', { name: 'First steps' }).waitFor({ state: 'detached' })
    const { data: overview } = await stage.portal.call('me.overview', {}, { cookie })
    expect(overview.balanceNanoUsd).toBeLessThan(50 * DOLLAR)
    await expect.poll(() => exactOf(page, 'Balance'), PATIENCE).toBe(overview.balanceNanoUsd)
    await page.locator('.stat', { hasText: 'Requests today' }).getByText('1', { exact: true }).waitFor()
    await page.getByRole('figure', { name: 'Spend by model' }).getByText(MODEL).waitFor()
    expect(await page.evaluate('window.loadedOnce')).toBe(true)
    await page.getByRole('cell', { name: SCRIPT.slice(0, 90) }).waitFor()
    await page.getByText(`Maintenance on Sunday ${SCRIPT}`).waitFor()
    expect(await page.title()).toBe('Home · Codex Gateway')

    await page.getByRole('link', { name: 'Usage' }).first().click()
    await page.getByRole('row', { name: MODEL }).click()
    const drawer = page.getByRole('complementary', { name: 'Receipt' })
    await drawer.getByText('Charged once').waitFor()
    const { data } = await stage.portal.call('usage.list', {}, { cookie })
    const cost = data.rows[0].costNanoUsd
    expect(50 * DOLLAR - cost).toBe(overview.balanceNanoUsd)
    const titles = await page
      .locator('.totals .money, .drawer .money')
      .evaluateAll((all) => all.map((each) => each.getAttribute('title')))
    const exact = `$${(cost / DOLLAR).toFixed(9)}`
    // The total over the rows, the figure of the receipt, its settlement and its charge are one amount.
    expect(titles.filter((title) => title?.replace(/^\u2212/, '') === exact).length).toBeGreaterThanOrEqual(4)
    await expectSound(page)

    await page.keyboard.press('Escape')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ])
    const file = join(stage.portal.dataDir, 'usage.csv')
    await download.saveAs(file)
    const [head, row, ...more] = readFileSync(file, 'utf8').trimEnd().split('\r\n')
    expect([head?.startsWith('\uFEFF'), row?.includes(data.rows[0].requestId), more]).toEqual([
      true,
      true,
      [],
    ])
    await page.getByText('Tokens', { exact: true }).first().click()
    const chart = page.getByRole('figure', { name: 'Tokens by model' })
    await chart.getByRole('button', { name: 'Show as table' }).click()
    const { inputTokens, outputTokens } = data.rows[0]
    await chart.getByRole('cell', { name: String(inputTokens + outputTokens), exact: true }).waitFor()
    await page.getByRole('combobox', { name: 'Status' }).click()
    await page.getByRole('option', { name: '429 Limit or quota' }).click()
    await page.getByText('Nothing matches these filters.').waitFor()
    expect(page.url()).toContain('status=429')
    await page.getByText('0 requests').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('table', { name: 'Usage' }).getByRole('row', { name: MODEL }).waitFor()
  },
)

journey(
  'a code that is none is refused in words; a real one starts a plan, whose used-up quota is named, until its window ends',
  async () => {
    const { id, cookie } = await person('redeemer@example.test', 0)
    const plan = await asAdmin('plans.create', {
      name: `Two a day ${SCRIPT}`,
      priceNanoUsd: 5 * DOLLAR,
      days: 30,
      quotas: [{ window: 'day', metric: 'requests', value: 2 }],
      mayUseBalance: false,
    })
    const codes = await asAdmin('codes.generate', { kind: 'plan', planId: plan.data.id, count: 1 })
    const [code] = codes.data.codes as string[]
    const page = await stage.open('/', { cookie })
    await page.getByRole('link', { name: 'Redeem a code' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Code' }).fill('NOT-A-CODE')
    await dialog.getByRole('button', { name: 'Redeem a code' }).click()
    await dialog.getByText(/not known here, or it was used, disabled, or has expired/).waitFor()
    await expectSound(page)
    await dialog.getByRole('textbox', { name: 'Code' }).fill(code?.toLowerCase() ?? '')
    await page.keyboard.press('Enter')
    await page.getByText(`Two a day ${SCRIPT} is active until`).waitFor()
    await page.getByRole('button', { name: 'Extend' }).first().waitFor()
    await page.getByText('0 of 2 requests').waitFor()

    const key = await asAdmin('keys.create', { userId: id, name: 'plan' })
    for (const status of [200, 200, 429]) {
      const answer = await send(key.data.secret)
      expect(answer.status).toBe(status)
      if (status === 429)
        expect(answer.body.error?.message).toContain('The day quota of your plan "Two a day')
    }
    await page.getByText('2 of 2 requests').waitFor()
    await page.getByRole('link', { name: 'Home' }).first().click()
    const notice = page.getByRole('region', { name: 'Notices' })
    await notice.getByText(/^Today: the quota of Two a day .* is used up/).waitFor()
    await showLooks(page, 'portal-home-quota-used-up')
    // The operator is told as well, and dismisses it for the operators alone.
    const operators = await stage.open('/admin', { cookie: stage.admin })
    const told = operators.getByRole('region', { name: 'Notices' })
    await told.getByText(/^100% of the day quota of Two a day .* is used, of 2 requests/).waitFor()
    await showLooks(operators, 'console-dashboard-notices')
    await told.getByRole('button', { name: 'Dismiss' }).first().click()
    await told.getByText(/^100% of the day quota/).waitFor({ state: 'detached' })
    await notice.getByText(/^Today: the quota of Two a day .* is used up/).waitFor()

    // The day ends, and with it the window.
    clock.pass(DAY_MS)
    await page.getByRole('link', { name: 'Plans and codes' }).first().click()
    await page.reload()
    await page.getByText('0 of 2 requests').waitFor()
    expect((await send(key.data.secret)).status).toBe(200)
    await page.getByText('1 of 2 requests').waitFor()
    await page.getByRole('link', { name: 'Home' }).first().click()
    await page.getByText('1 of 2 requests').waitFor()
    expect(await notice.getByText(/is used up/).count()).toBe(0)
    expect((await send(key.data.secret)).status).toBe(200)
    await notice.getByText(/is used up/).waitFor()
    await notice.getByRole('button', { name: 'Dismiss' }).first().click()
    await notice.getByText(/is used up/).waitFor({ state: 'detached' })
    expect(await page.title()).toBe('Home · Codex Gateway')
  },
)

journey('a script in a name or a note is text on the screens of the operator as well', async () => {
  const { id, cookie } = await person('scripted@example.test', 1)
  await asAdmin('users.adjustBalance', { userId: id, amountNanoUsd: DOLLAR, note: SCRIPT })
  await stage.portal.call('keys.create', { name: SCRIPT.slice(0, 90) }, { cookie })
  await asAdmin('users.invite', { note: SCRIPT })
  const page = await stage.open(`/admin/users/${id}?tab=ledger`, { cookie: stage.admin })
  for (const [path, text] of [
    [`/admin/users/${id}?tab=ledger`, SCRIPT],
    [`/admin/users/${id}?tab=keys`, SCRIPT.slice(0, 90)],
    ['/admin/keys', SCRIPT.slice(0, 90)],
    ['/admin/users?view=invitations', SCRIPT],
    ['/admin/plans', SCRIPT],
  ] as const) {
    await page.goto(`${stage.portal.url}${path}`)
    await page.getByText(text).first().waitFor()
    expect([path, await page.title()]).toEqual([path, expect.not.stringContaining('owned')])
    expect([path, await page.locator('img[src="x"]').count()]).toEqual([path, 0])
  }
})

journey(
  'tried too often, a code is refused until a time that is named; money comes with a code, too',
  async () => {
    const { cookie } = await person('guesser@example.test', 0)
    const codes = await asAdmin('codes.generate', { kind: 'balance', amountNanoUsd: 7 * DOLLAR, count: 1 })
    const page = await stage.open('/plans?redeem=1', { cookie })
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Code' }).fill((codes.data.codes as string[])[0] ?? '')
    await page.keyboard.press('Enter')
    await page.getByText('$7.00 was added. The balance is $7.00.').waitFor()
    await page.getByRole('cell', { name: '+$7.00' }).waitFor()
    for (let n = 0; n < 10; n += 1) await stage.portal.call('codes.redeem', { code: `WRONG${n}` }, { cookie })
    await page.getByRole('button', { name: 'Redeem a code' }).click()
    await dialog.getByRole('textbox', { name: 'Code' }).fill('STILL-WRONG')
    await page.keyboard.press('Enter')
    await dialog.getByText(/The next one is looked at from \d\d:\d\d:\d\d on/).waitFor()
  },
)

journey('a plan that costs more by now is shown at its price of now, and bought at that alone', async () => {
  const { cookie } = await person('slow@example.test', 30)
  const { data } = await asAdmin('plans.create', { name: 'Dearer', priceNanoUsd: 4 * DOLLAR, days: 7 })
  const page = await stage.open('/plans', { cookie })
  await page.getByRole('button', { name: 'Buy Dearer' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('$26.00').waitFor()
  await asAdmin('plans.update', { planId: data.id, priceNanoUsd: 5 * DOLLAR })
  await dialog.getByRole('button', { name: 'Buy Dearer' }).click()
  await dialog.getByText('The plan "Dearer" costs $5.00 by now. Nothing was bought').waitFor()
  await dialog.getByText('$25.00').waitFor()
  await page.setViewportSize({ width: 320, height: 640 })
  await expectSound(page)
  await takePicture(page, 'portal-plans-dearer')
  await dialog.getByRole('button', { name: 'Buy Dearer' }).click()
  await page.getByText('Dearer is active', { exact: true }).waitFor()
  expect((await stage.portal.call('me.overview', {}, { cookie })).data.balanceNanoUsd).toBe(25 * DOLLAR)
  await asAdmin('plans.archive', { planId: data.id })
})

journey(
  'a plan is bought with the new balance shown before, extended, and replaced only knowingly',
  async () => {
    const { cookie } = await person('buyer@example.test', 30)
    const page = await stage.open('/plans', { cookie })
    await page.getByRole('button', { name: 'Buy Small' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('New balance').waitFor()
    await dialog.getByText('$26.00').waitFor()
    await expectSound(page)
    await dialog.getByRole('button', { name: 'Buy Small' }).click()
    await page.getByText('Small is active', { exact: true }).waitFor()
    const first = (await stage.portal.call('me.overview', {}, { cookie })).data
    expect([first.balanceNanoUsd, first.plan.name]).toEqual([26 * DOLLAR, 'Small'])

    await page.getByRole('button', { name: 'Extend Small' }).click()
    await dialog.getByRole('button', { name: 'Extend Small' }).click()
    await page.getByText('Small was extended').waitFor()
    const { plan, balanceNanoUsd } = (await stage.portal.call('me.overview', {}, { cookie })).data
    expect([balanceNanoUsd, plan.endsAt - plan.startedAt]).toEqual([22 * DOLLAR, 14 * 86_400_000])

    await page.getByRole('button', { name: 'Buy Large' }).click()
    await dialog.getByText(/Small ends now/).waitFor()
    await dialog.getByRole('button', { name: 'Replace and buy Large' }).click()
    await page.getByText('Large is active', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Buy Small' }).click()
    await dialog.getByText('$2.00 is missing: $2.00 can be spent now.').waitFor()
    expect(await dialog.getByRole('button', { name: 'Replace and buy Small' }).isDisabled()).toBe(true)
  },
)

journey(
  'who is suspended loses portal and API at once: an answer under way is cut, and charged to its end',
  async () => {
    const { id, cookie } = await person('suspended@example.test', 20)
    const page = await stage.open('/usage', { cookie })
    await page.getByRole('heading', { name: 'No requests yet' }).waitFor()
    const { secret } = (await stage.portal.call('keys.create', { name: 'laptop' }, { cookie })).data
    const client = new OpenAI({ baseURL: `${stage.portal.url}/v1`, apiKey: secret, maxRetries: 0 })
    const stream = await client.chat.completions.create({
      model: MODEL,
      stream: true,
      messages: [{ role: 'user', content: 'a long story [[demo:tokens=200]] [[demo:delay=15]]' }],
      max_completion_tokens: 300,
    })
    let pieces = 0
    const readAll = async () => {
      for await (const _ of stream) {
        pieces += 1
        if (pieces === 3) await asAdmin('users.setStatus', { userId: id, status: 'suspended' })
      }
    }
    await expect(readAll()).rejects.toThrow(/suspended/)
    expect(pieces).toBeLessThan(200)

    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/login')
    expect((await stage.portal.call('me.get', {}, { cookie })).status).toBe(401)
    await expect(client.models.list()).rejects.toMatchObject({ status: 401, code: 'account_suspended' })
    // What the upstream did to its end is what the operator pays.
    const charged = async () => (await asAdmin('usage.list', { userId: id })).data.rows[0]
    await expect
      .poll(charged, PATIENCE)
      .toMatchObject({ reason: 'client_left', outputTokens: 200, costNanoUsd: expect.any(Number) })
    const { costNanoUsd } = await charged()
    const { data } = await asAdmin('users.get', { userId: id })
    expect(data.balanceNanoUsd).toBe(20 * DOLLAR - costNanoUsd)
    expect(costNanoUsd).toBeGreaterThanOrEqual(2 * DOLLAR)
  },
)
