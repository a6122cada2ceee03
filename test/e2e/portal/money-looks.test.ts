// What a teammate has and spends, looked at: home, usage, plans and models, each empty, full and failing.
import { beforeAll, expect } from 'vitest'
import {
  FAILURE_ID,
  failing,
  journey,
  openStage,
  type Stage,
  showLooks,
  takePicture,
} from '../support/stage.ts'

const DOLLAR = 1_000_000_000
const MODEL = 'demo-smart'

let stage: Stage
const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })

beforeAll(async () => {
  stage = await openStage()
  await asAdmin('settings.update', {
    announcement: 'Maintenance on Sunday, 20:00 to 21:00. 周日 20:00 起维护一小时。',
  })
  // Dear enough that one request is seen in a balance.
  await asAdmin('prices.upsert', {
    model: MODEL,
    inputNanoUsdPerMTok: 10_000 * DOLLAR,
    outputNanoUsdPerMTok: 10_000 * DOLLAR,
  })
})

/** A page of somebody's, and what leads it on. */
async function openAs(cookie: string, expectedProblems?: RegExp) {
  const page = await stage.open('/', { cookie, ...(expectedProblems && { expectedProblems }) })
  return { page, open: (path: string) => page.goto(`${stage.portal.url}${path}`) }
}

journey('home, usage, plans and models are sound empty', async () => {
  const { page, open } = await openAs((await stage.teammate('new@example.test')).cookie)
  await page.locator('.rail').waitFor()
  await showLooks(page, 'portal-home-new')
  await open('/usage')
  await page.locator('.state h2').waitFor()
  await showLooks(page, 'portal-usage-empty')
  await open('/plans')
  await page.locator('.state h2').first().waitFor()
  await showLooks(page, 'portal-plans-empty')
  await page.route('**/api/prices.list', (route) =>
    route.fulfill({ json: { ok: true, data: { rows: [], nextCursor: null } } }),
  )
  await open('/models')
  await page.locator('.state h2').waitFor()
  await showLooks(page, 'portal-models-empty')
})

journey('home, usage, plans and models are sound full', async () => {
  const { id, cookie } = await stage.teammate('rich@example.test')
  await fill(id, cookie)
  const { page, open } = await openAs(cookie)
  await page.locator('tbody tr').first().waitFor()
  await showLooks(page, 'portal-home-full')
  await open('/usage')
  await page.locator('tbody tr').first().waitFor()
  await showLooks(page, 'portal-usage-full')
  await page.locator('tbody tr').first().press('Enter')
  await page.locator('.drawer .rail').waitFor()
  await showLooks(page, 'portal-usage-receipt')
  await open('/plans')
  await page.locator('h3').first().waitFor()
  await showLooks(page, 'portal-plans-full')
  await page.getByRole('button', { name: 'Buy Large' }).click()
  await page.getByRole('dialog').getByText('New balance').waitFor()
  await showLooks(page, 'portal-plans-buy')
  await open('/plans?redeem=1')
  await page.getByRole('dialog').getByRole('textbox').fill('NOT-A-CODE')
  await page.keyboard.press('Enter')
  await page.getByText(/not known here, or it was used/).waitFor()
  await showLooks(page, 'portal-plans-redeem')
  await open('/models')
  await page.locator('tbody tr').first().waitFor()
  await showLooks(page, 'portal-models-full')
  await page.locator('tbody tr').first().press('Enter')
  await page.locator('.drawer .rc').first().waitFor()
  await showLooks(page, 'portal-models-drawer')
  await open('/models?search=no+such+model')
  await page.locator('.noresults').waitFor()
  await showLooks(page, 'portal-models-no-results')
})

journey('on a tablet, every place of the portal is in sight', async () => {
  const { cookie } = await stage.teammate('rich@example.test')
  for (const locale of ['en', 'zh-CN'] as const) {
    const page = await stage.open('/', { cookie, locale })
    // Both sides of where the navigation goes to the bottom, and where its gaps change.
    for (const width of [640, 700, 739, 740, 768, 859, 860]) {
      await page.setViewportSize({ width, height: 1024 })
      const places = page.locator(width < 740 ? '.portal > .bar' : '.top .nav')
      await places.getByRole('link').last().waitFor()
      expect(await places.getByRole('link').count()).toBe(7)
      expect([width, await places.evaluate((nav) => nav.scrollWidth - nav.clientWidth)]).toEqual([width, 0])
      const tooWide = await places
        .getByRole('link')
        .evaluateAll((links) =>
          links.filter((link) => link.scrollWidth > link.clientWidth).map((link) => link.textContent),
        )
      expect([width, tooWide]).toEqual([width, []])
      if (width === 640 || width === 768) await takePicture(page, `portal-home-tablet-${width}-${locale}`)
    }
    expect(await page.locator('.brand').textContent()).toBe('Codex Gateway')
  }
})

journey('what a request cost is in sight at every width that has columns', async () => {
  const { cookie } = await stage.teammate('columns@example.test')
  const { id: userId } = (await stage.portal.call('me.get', {}, { cookie })).data
  await asAdmin('users.adjustBalance', { userId, amountNanoUsd: 20 * DOLLAR })
  const key = await asAdmin('keys.create', {
    userId,
    name: 'CI builds, main branch and release candidates',
  })
  await send(key.data.secret)
  await send(key.data.secret, 'gpt-5.9-a-model-whose-name-somebody-typed-at-length-2027-01-01')
  for (const locale of ['en', 'zh-CN'] as const) {
    const page = await stage.open('/usage', { cookie, locale })
    await page.locator('tbody tr').nth(1).waitFor()
    for (const width of [640, 700, 739, 740, 768, 820, 860, 900, 1024]) {
      await page.setViewportSize({ width, height: 800 })
      const hidden = await page
        .locator('.tablebox')
        .first()
        .evaluate((box) => box.scrollWidth - box.clientWidth)
      expect([locale, width, Math.max(hidden, 1)]).toEqual([locale, width, 1])
    }
    await page.setViewportSize({ width: 640, height: 800 })
    await takePicture(page, `portal-usage-columns-${locale}`)
    await page.setViewportSize({ width: 320, height: 800 })
    // A card has room for all of it.
    await page
      .locator('tbody tr')
      .last()
      .getByText(/\d+ in, \d+ out|输入 \d+/)
      .waitFor()
  }
})

journey(
  'on the smallest phone, long names and large amounts stay in sight, each beside its label',
  async () => {
    const email = 'maximiliane-friederike.schwarzenberger@donaudampfschifffahrtsgesellschaftskapitaen.example'
    const { id, cookie } = await stage.teammate(email)
    const mine = (name: string, input: unknown) => stage.portal.call(name, input, { cookie })
    await asAdmin('users.adjustBalance', { userId: id, amountNanoUsd: 987_654_321_123_456 })
    const name = 'Geschwindigkeitsbegrenzungsausnahmegenehmigung'
    await send((await mine('keys.create', { name })).data.secret)
    const page = await stage.open('/usage', { cookie })
    await page.setViewportSize({ width: 320, height: 640 })
    await page.locator('tbody tr').first().waitFor()
    /** By how much each value begins below its label. */
    const below = await page.evaluate<
      number[]
    >(`[...document.querySelectorAll('td[data-label]')].map((cell) => {
    const values = document.createRange()
    values.selectNodeContents(cell)
    return Math.round(values.getClientRects()[0].top - cell.getBoundingClientRect().top)
  })`)
    expect(below.length).toBeGreaterThan(0)
    expect(Math.max(...below)).toBeLessThan(8)
    await takePicture(page, 'portal-usage-smallest')
    await page.goto(`${stage.portal.url}/account/statement`)
    for (const locale of ['en', 'zh-CN'] as const) {
      await page.evaluate((lang) => localStorage.setItem('codex-gateway.language', lang), locale)
      await page.reload()
      await page.locator('article tbody th[scope=row]').first().waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
      const items = page.locator('article tbody th[scope=row]')
      expect(
        await items.evaluateAll((all) => Math.min(...all.map((each) => each.clientWidth))),
      ).toBeGreaterThan(200)
      await takePicture(page, `portal-statement-smallest-${locale}`)
    }
  },
)

journey('on a phone, what stands above a list is as high as a finger', async () => {
  const { cookie } = await stage.teammate('rich@example.test')
  const page = await stage.open('/models', { cookie, size: 'phone' })
  for (const path of ['/models', '/usage']) {
    await page.goto(`${stage.portal.url}${path}`)
    await page.locator('.filters').waitFor()
    const heights = await page
      .locator('.filters :is(.input, button)')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height))
    expect([path, Math.min(...heights)]).toEqual([path, 44])
  }
})

journey('home, usage, plans and models are sound failing', async () => {
  const { page, open } = await openAs(
    (await stage.teammate('rich@example.test')).cookie,
    /me\.overview|(usage|plans|prices)\.list|codes\.history/,
  )
  for (const [name, path, operation] of [
    ['home', '/', 'me.overview'],
    ['usage', '/usage', 'usage.list'],
    ['plans', '/plans', 'plans.list'],
    ['codes', '/plans', 'codes.history'],
    ['models', '/models', 'prices.list'],
  ] as const) {
    const recover = await failing(page, operation)
    await open(path)
    await page.getByText(FAILURE_ID).first().waitFor()
    await showLooks(page, `portal-${name}-failing`)
    await recover()
  }
})

/** A plan with three windows, some keys, some requests, one of them refused. */
async function fill(userId: string, cookie: string): Promise<void> {
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
  await asAdmin('plans.create', { name: 'Small', priceNanoUsd: 4 * DOLLAR, days: 7 })
  await asAdmin('plans.create', { name: 'Large', priceNanoUsd: 20 * DOLLAR, days: 30 })
  const codes = await asAdmin('codes.generate', { kind: 'balance', amountNanoUsd: 7 * DOLLAR, count: 1 })
  const work = await asAdmin('keys.create', { userId, name: '工作笔记本' })
  const ci = await asAdmin('keys.create', { userId, name: 'CI builds, main branch and release candidates' })
  // Names as long as they come push nothing out of sight.
  await send(ci.data.secret, 'gpt-5.9-a-model-whose-name-somebody-typed-at-length-2027-01-01')
  await asAdmin('keys.update', { keyId: ci.data.id, status: 'disabled' })
  await Promise.all([0, 1, 2, 3].map(() => send(work.data.secret)))
  await send(ci.data.secret)
  await stage.portal.call('codes.redeem', { code: codes.data.codes[0] }, { cookie })
  await asAdmin('plans.archive', { planId: plan.data.id })
}

async function send(secret: string, model = MODEL): Promise<void> {
  const response = await fetch(`${stage.portal.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'hello' }],
      max_completion_tokens: 200,
    }),
  })
  await response.arrayBuffer()
}
