// What a teammate has and spends, on the screens: the first request, a code, a plan, its quota, receipts; all by push.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { beforeAll, describe, expect } from 'vitest'
import {
  expectSound,
  journey,
  nameOf,
  openStage,
  PORTAL_LOOKS,
  type Stage,
  takePicture,
} from '../support/stage.ts'

const DOLLAR = 1_000_000_000
const MODEL = 'demo-smart'
const PATIENCE = { timeout: 10_000 }
const SCRIPT = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'

let stage: Stage
const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })

beforeAll(async () => {
  stage = await openStage()
  await asAdmin('settings.update', { announcement: `Maintenance on Sunday ${SCRIPT}` })
  // Dear enough that one request is seen in a balance.
  await asAdmin('prices.upsert', {
    model: MODEL,
    inputNanoUsdPerMTok: 10_000 * DOLLAR,
    outputNanoUsdPerMTok: 10_000 * DOLLAR,
  })
  await asAdmin('plans.create', { name: 'Small', priceNanoUsd: 4 * DOLLAR, days: 7 })
  await asAdmin('plans.create', { name: 'Large', priceNanoUsd: 20 * DOLLAR, days: 30 })
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
  'a newcomer makes a key and sends a request; home, row and receipt follow without a reload',
  async () => {
    const { id, cookie } = await person('newcomer@example.test', 0)
    const page = await stage.open('/', { cookie })
    const balance = page.getByRole('region', { name: 'Balance' })
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
    await balance.getByText('$0.00').first().waitFor()
    await page.evaluate('window.loadedOnce = true')

    await asAdmin('users.adjustBalance', { userId: id, amountNanoUsd: 50 * DOLLAR, note: 'welcome' })
    await balance.getByText('$50.00').first().waitFor()
    await page.getByRole('list').getByRole('link', { name: 'Create an API key' }).first().click()
    await page.getByRole('textbox', { name: 'Name' }).fill(SCRIPT.slice(0, 90))
    await page.keyboard.press('Enter')
    const secret = await page.getByText(/^sk-cg-\w+-\w+$/).innerText()
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await page.getByRole('link', { name: 'Home' }).first().click()
    await page.getByRole('heading', { name: 'My API keys' }).waitFor()

    expect((await send(secret)).status).toBe(200)
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
  'a code that is none is refused in words; a real one starts a plan, whose used-up quota is named',
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
    await expectSound(page)
    await takePicture(page, 'portal-home-quota-used-up')
    const before = await notice.getByRole('status').count()
    await notice.getByRole('button', { name: 'Dismiss' }).first().click()
    await expect.poll(() => notice.getByRole('status').count(), PATIENCE).toBe(before - 1)
    expect(await page.title()).toBe('Home · Codex Gateway')
  },
)

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
    await takePicture(page, 'portal-plans-buy')
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

journey('a session that is ended elsewhere leads to the sign-in page by itself', async () => {
  const { id, cookie } = await person('suspended@example.test', 1)
  const page = await stage.open('/usage', { cookie })
  await page.getByRole('heading', { name: 'No requests yet' }).waitFor()
  await asAdmin('users.setStatus', { userId: id, status: 'suspended' })
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/login')
})

const FAILURE = {
  status: 500,
  json: { ok: false, error: { code: 'internal_error', message: 'x', details: { requestId: 'req-77' } } },
}

// Both languages, both themes and both sizes; a third look would show nothing new.
describe.each(PORTAL_LOOKS.slice(0, 2).map((look) => [nameOf(look), look] as const))('%s', (name, look) => {
  journey(`home, plans, models and usage are sound empty, full and failing (${name})`, async () => {
    const { id, cookie } = await person(`rich-${name.toLowerCase()}@example.test`, 0)
    const page = await stage.open('/', {
      ...look,
      cookie,
      expectedProblems: /me\.overview|usage\.list/,
    })
    const looksSound = async (what: string) => {
      await expectSound(page)
      await takePicture(page, `portal-${what}-${name}`)
    }
    await page.locator('.rail').waitFor()
    await looksSound('home-new')
    await page.goto(`${stage.portal.url}/usage`)
    await page.locator('.state h2').waitFor()
    await looksSound('usage-empty')

    await fill(id)
    await page.goto(stage.portal.url)
    await page.locator('tbody tr').first().waitFor()
    await looksSound('home-full')
    await page.goto(`${stage.portal.url}/usage`)
    await page.locator('tbody tr').first().waitFor()
    await looksSound('usage-full')
    await page.locator('tbody tr').first().press('Enter')
    await page.locator('.drawer .rail').waitFor()
    await looksSound('usage-receipt')
    await page.goto(`${stage.portal.url}/plans`)
    await page.locator('h3').first().waitFor()
    await looksSound('plans-full')
    await page.goto(`${stage.portal.url}/models`)
    await page.locator('tbody tr').first().waitFor()
    await looksSound('models-full')
    await page.locator('tbody tr').first().press('Enter')
    await page.locator('.drawer .rc').first().waitFor()
    await looksSound('models-drawer')
    await page.locator('input[type=search]').fill('no such model')
    await page.locator('.noresults').waitFor()

    for (const [path, operation] of [
      ['/', 'me.overview'],
      ['/usage', 'usage.list'],
    ] as const) {
      await page.route(`**/api/${operation}`, (route) => route.fulfill(FAILURE))
      await page.goto(`${stage.portal.url}${path}`)
      await page.getByText('req-77').first().waitFor()
      await takePicture(page, `portal-${operation.replace('.', '-')}-failing-${name}`)
      await page.unroute(`**/api/${operation}`)
    }
  })
})

/** A plan with three windows, some keys, some requests, one of them refused. */
async function fill(userId: string): Promise<void> {
  await asAdmin('users.adjustBalance', { userId, amountNanoUsd: 18.43 * DOLLAR, note: 'start' })
  const plan = await asAdmin('plans.create', {
    name: 'Studio monthly',
    priceNanoUsd: 25 * DOLLAR,
    days: 30,
    quotas: [
      { window: 'day', metric: 'money', value: 50 * DOLLAR },
      { window: 'week', metric: 'tokens', value: 2_000_000 },
      { window: 'month', metric: 'requests', value: 5 },
    ],
    allowedModels: [MODEL, 'demo-fast'],
  })
  await asAdmin('users.grantPlan', { userId, planId: plan.data.id })
  await asAdmin('limits.update', {
    scope: 'plan',
    subjectId: plan.data.id,
    rules: [{ metric: 'requests', window: 'minute', value: 60 }],
  })
  const work = await asAdmin('keys.create', { userId, name: '工作笔记本' })
  const ci = await asAdmin('keys.create', { userId, name: 'CI builds, main branch and release candidates' })
  await asAdmin('keys.update', { keyId: ci.data.id, status: 'disabled' })
  await Promise.all([0, 1, 2, 3].map(() => send(work.data.secret)))
  await send(ci.data.secret)
  await asAdmin('plans.archive', { planId: plan.data.id })
}
