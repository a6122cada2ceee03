// How a teammate connects a client: with the models that have a price, and when they cannot be had.
import { beforeAll, expect } from 'vitest'
import {
  expectSound,
  FAILURE_ID,
  failing,
  journey,
  openStage,
  type Stage,
  showLooks,
} from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})

journey('a set-up is read with this address, a model that exists here, and for another client', async () => {
  const { cookie } = await stage.teammate('connects@example.test')
  const page = await stage.open('/connect', { cookie })
  const code = page.getByRole('figure')
  await code.filter({ hasText: 'gateway.config.toml' }).waitFor()
  expect(await code.first().innerText()).toContain(`base_url = "${stage.portal.url}/v1"`)
  expect(await code.first().innerText()).toContain('model = "demo-smart"')
  await page.getByRole('tab', { name: 'LibreChat' }).click()
  await page.getByText('In a container, 127.0.0.1 is the container itself.').waitFor()
  await page.getByRole('tab', { name: 'curl' }).click()
  await code.filter({ hasText: `curl ${stage.portal.url}/v1/chat/completions` }).waitFor()
  expect(page.url()).toContain('client=curl')
  await page.getByText('PowerShell').click()
  await code.filter({ hasText: `Invoke-RestMethod ${stage.portal.url}/v1/chat/completions` }).waitFor()
  await page.getByRole('combobox', { name: 'Model' }).click()
  await page.getByRole('option', { name: 'demo-fast' }).click()
  await code.filter({ hasText: '"model":"demo-fast"' }).waitFor()
})

journey(
  'a test request is really sent: the answer, its times and its cost; or what is wrong, in words',
  async () => {
    const { id, cookie } = await stage.teammate('tests@example.test')
    const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })
    const page = await stage.open('/connect', { cookie })
    const send = page.getByRole('button', { name: 'Send a test request' })
    await send.click()
    await page.getByText('Paste a key of yours').waitFor()
    await page.getByLabel('API key').fill('sk-cg-nobody-knows')
    await page.getByRole('figure').filter({ hasText: "GATEWAY_API_KEY='sk-cg-nobody-knows'" }).waitFor()
    await send.click()
    await page.getByText(/Refused \(401\)\. This API key is not known here/).waitFor()
    // Nothing to pay with: the sentence is the gateway's own, with its amounts.
    await page.getByRole('button', { name: 'Test with a key that works for an hour' }).click()
    await page.getByText(/Refused \(429\)\. Your balance does not cover this request: it needs \$/).waitFor()
    await expectSound(page)

    await asAdmin('users.adjustBalance', { userId: id, amountNanoUsd: 5_000_000_000, note: 'start' })
    await send.click()
    await page.getByText('It works: the key is accepted').waitFor()
    expect((await page.getByRole('status', { name: 'Answer' }).innerText()).length).toBeGreaterThan(5)
    const cost = page.getByRole('definition').getByRole('link')
    const { data } = await stage.portal.call('usage.list', { limit: 1 }, { cookie })
    await expect
      .poll(async () => Number((await cost.innerText()).replace('$', '')) * 1e9, { timeout: 10_000 })
      .toBeCloseTo(data.rows[0].costNanoUsd, -4)
    await showLooks(page, 'portal-connect-tested')
    await cost.click()
    await page.getByRole('complementary', { name: 'Receipt' }).getByText(data.rows[0].requestId).waitFor()
  },
)

journey('the page is sound full, without a model, and failing', async () => {
  const { cookie } = await stage.teammate('looks@example.test')
  const page = await stage.open('/connect', { cookie, expectedProblems: /prices\.list/ })
  await page.getByRole('figure').first().waitFor()
  await showLooks(page, 'portal-connect-full')

  await page.route('**/api/prices.list', (route) =>
    route.fulfill({ json: { ok: true, data: { rows: [], nextCursor: null } } }),
  )
  await page.reload()
  await page.locator('.note').waitFor()
  await showLooks(page, 'portal-connect-empty')

  await failing(page, 'prices.list')
  await page.reload()
  await page.getByText(FAILURE_ID).first().waitFor()
  await showLooks(page, 'portal-connect-failing')
})
