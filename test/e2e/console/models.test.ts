// The operator's price book: a model without a price is priced with one press, prices are looked at before they are written,
// models are turned off after being asked, and have other names.
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { startDemoUpstream } from '../../../server/demo-upstream/demo-upstream.ts'
import { priceUnpricedModel } from '../../journeys/prices-and-codes.ts'
import {
  doorOf,
  expectSound,
  journey,
  type Look,
  nameOf,
  openStage,
  type Stage,
  takePicture,
} from '../support/stage.ts'

const UPSTREAM_KEY = 'sk-of-the-operator'
const MEMBER = 'hana.sato@tidewater.example'

let stage: Stage
let secret = ''
let member = ''
let memberId = ''

const ask = async (model: string) =>
  stage.portal.send({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }] }),
  })
const audited = async () => {
  const { data } = await stage.portal.call('audit.list', { limit: 50 }, { cookie: stage.admin })
  return (data.rows as { operation: string }[]).map(({ operation }) => operation)
}

beforeAll(async () => {
  // One that knows every model, as the shipped prices do.
  const upstream = await startDemoUpstream({ apiKey: UPSTREAM_KEY, acceptAnyModel: true })
  afterAll(() => upstream.stop())
  stage = await openStage()
  const settled = { kind: 'openai', baseUrl: upstream.baseUrl, apiKey: UPSTREAM_KEY }
  stage.portal.secrets.used('the operator’s key', UPSTREAM_KEY)
  await stage.portal.call('upstreams.update', settled, { cookie: stage.admin })
  const { id, cookie } = await stage.teammate(MEMBER)
  member = cookie
  memberId = id
  await stage.portal.call(
    'users.adjustBalance',
    { userId: id, amountNanoUsd: 5_000_000_000 },
    { cookie: stage.admin },
  )
  const created = await stage.portal.call('keys.create', { name: 'laptop' }, { cookie: member })
  secret = created.data.secret
})

journey(
  'a model that was asked for without a price is priced with one press, and its requests pass',
  async () => {
    const page = await stage.open('/admin/models', { cookie: stage.admin })
    const person = { id: memberId, email: MEMBER, cookie: member, secret }
    await priceUnpricedModel(doorOf(stage, page), person)
  },
)

journey('a price is typed, looked at as a change, and written; one of tomorrow is withdrawn', async () => {
  const page = await stage.open('/admin/models?search=gpt-5.4-mini', { cookie: stage.admin })
  await page.getByRole('row', { name: /^gpt-5\.4-mini / }).click()
  const drawer = page.getByRole('complementary')
  await drawer.getByRole('button', { name: 'Change price' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Output', exact: true }).first().fill('9')
  await dialog.getByRole('textbox', { name: 'Where it comes from' }).fill('A letter of November')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByText('$9.00').waitFor()
  await expectSound(page)
  await takePicture(page, 'console-models-review')
  await dialog.getByRole('button', { name: 'Approve 1 price' }).click()
  await page.getByText('1 price was written').waitFor()
  await drawer.getByText('A letter of November').waitFor()

  await drawer.getByRole('button', { name: 'Change price' }).click()
  await dialog.getByRole('textbox', { name: 'Output', exact: true }).first().fill('8')
  await dialog.getByText('Later', { exact: true }).click()
  await dialog.getByLabel('Begins').fill('2099-01-01T00:00')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByRole('button', { name: 'Approve 1 price' }).click()
  await drawer.getByText('Upcoming').waitFor()
  // The list beside it says both: which model, and when its price changes.
  const row = page.getByRole('row', { name: /^gpt-5\.4-mini / })
  await row.locator('.t-info').waitFor()
  expect(await row.locator('.cut').evaluate((name) => name.scrollWidth - name.clientWidth)).toBe(0)
  await drawer.getByRole('button', { name: 'Withdraw' }).click()
  await page.getByText('is taken back').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
  await drawer.getByText('Withdrawn').waitFor()
  expect(await audited()).toEqual(expect.arrayContaining(['prices.import', 'prices.withdraw']))
})

journey('what sound and images cost is typed beside tokens, and what is left empty stays empty', async () => {
  const page = await stage.open('/admin/models?search=whisper-1', { cookie: stage.admin })
  await page.getByRole('row', { name: /^whisper-1 / }).click()
  const drawer = page.getByRole('complementary')
  await drawer.getByText('Sound put in, a second').waitFor()
  await drawer.getByRole('button', { name: 'Change price' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Images and sound', { exact: true }).click()
  await dialog.getByRole('textbox', { name: 'Sound put in, a second' }).fill('0.0002')
  await dialog.getByRole('textbox', { name: 'An HD image, above 1024 px' }).fill('0.12')
  await dialog.getByRole('textbox', { name: 'Speech, a million characters' }).scrollIntoViewIfNeeded()
  await expectSound(page)
  await takePicture(page, 'console-models-media')
  await dialog.locator('[type=submit]').click()
  await dialog.getByText('$0.0002').waitFor()
  await takePicture(page, 'console-models-media-review')
  await dialog.locator('[type=submit]').click()
  await dialog.waitFor({ state: 'hidden' })
  const { data } = await stage.portal.call('prices.list', { model: 'whisper-1' }, { cookie: stage.admin })
  expect(data.rows[0]).toMatchObject({
    audioInputNanoUsdPerSecond: 200_000,
    largeHdImageNanoUsdPerImage: 120_000_000,
  })
  expect(data.rows[0].imageNanoUsdPerImage ?? null).toBeNull()
})

journey('prices are imported after a review, and what cannot be read is said before it', async () => {
  const page = await stage.open('/admin/models', { cookie: stage.admin })
  await page.getByRole('button', { name: 'Import prices' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Price rows' }).fill('model, input, output')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByText('This is not a JSON list of rows.').waitFor()
  const row = {
    model: 'house-model',
    inputNanoUsdPerMTok: 1_000_000_000,
    outputNanoUsdPerMTok: 2_000_000_000,
  }
  await dialog.getByRole('textbox', { name: 'Price rows' }).fill(JSON.stringify([row]))
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByRole('button', { name: 'Approve 1 price' }).click()
  await page.getByRole('row', { name: /house-model/ }).waitFor()
})

journey('a model is turned off after being asked, is refused, and comes back', async () => {
  const page = await stage.open('/admin/models?search=gpt-6-sol', { cookie: stage.admin })
  const toggle = page.getByRole('switch', { name: 'gpt-6-sol is on for everyone' })
  await toggle.click()
  await page.getByText('requests for gpt-6-sol are refused').waitFor()
  await takePicture(page, 'console-models-off')
  await page.getByRole('button', { name: 'Turn model off' }).click()
  await page.getByText('gpt-6-sol is off').waitFor()
  expect((await ask('gpt-6-sol')).status).not.toBe(200)
  await toggle.click()
  await page.getByText('gpt-6-sol is on for everyone').waitFor()
  expect((await ask('gpt-6-sol')).status).toBe(200)

  await page
    .getByRole('row', { name: /^gpt-6-sol / })
    .first()
    .click()
  await page.getByRole('button', { name: 'Change who may use it' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Named people').click()
  await dialog.getByRole('combobox', { name: 'Add a person' }).fill('hana')
  await page.getByRole('option', { name: /hana/ }).click()
  await dialog.getByRole('button', { name: /Take hana/ }).waitFor()
  await expectSound(page)
  await takePicture(page, 'console-models-access')
  await dialog.getByRole('button', { name: 'Save access' }).click()
  await page.getByRole('complementary').getByText('1 person').waitFor()
  expect(await audited()).toContain('models.setAccess')
})

journey('charges are multiplied: of one model, and of all', async () => {
  const page = await stage.open('/admin/models?model=gpt-5.4-mini', { cookie: stage.admin })
  await page.getByRole('button', { name: 'Change multiplier' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Multiplier' }).fill('1.25')
  await dialog.getByRole('button', { name: 'Save multiplier' }).click()
  await page.getByText('gpt-5.4-mini is charged × 1.25 now').waitFor()
  await page.getByRole('button', { name: 'All charges × 1.00' }).click()
  await dialog.getByRole('textbox', { name: 'Multiplier' }).fill('2000')
  await dialog.getByRole('button', { name: 'Save multiplier' }).click()
  await dialog.getByText('Type a factor').waitFor()
  await dialog.getByRole('textbox', { name: 'Multiplier' }).fill('1.1')
  await dialog.getByRole('button', { name: 'Save multiplier' }).click()
  await page.getByRole('button', { name: 'All charges × 1.10' }).waitFor()
})

journey('a model is known by another name until it is taken away', async () => {
  const page = await stage.open('/admin/models?tab=aliases', { cookie: stage.admin })
  await page.getByRole('heading', { name: 'No aliases yet' }).waitFor()
  await takePicture(page, 'console-models-aliases-empty')
  await page.getByRole('button', { name: 'Add alias' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Alias' }).fill('house-best')
  await dialog.getByRole('combobox', { name: 'Stands for' }).fill('gpt-5.4-mini')
  await page.getByRole('option', { name: 'gpt-5.4-mini', exact: true }).click()
  await dialog.getByRole('button', { name: 'Add alias' }).click()
  await page.getByRole('row', { name: /house-best/ }).waitFor()
  expect((await ask('house-best')).status).toBe(200)
  await page.getByRole('button', { name: 'Remove alias house-best' }).click()
  await page.getByText('Clients that ask for house-best').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove alias' }).click()
  await page.getByRole('heading', { name: 'No aliases yet' }).waitFor()
  expect((await ask('house-best')).status).not.toBe(200)
})

/** Both languages, themes and sizes. */
const LOOKS: readonly Look[] = [
  { locale: 'en', theme: 'light', size: 'desktop' },
  { locale: 'zh-CN', theme: 'dark', size: 'narrow' },
]

describe.each(LOOKS.map((look) => [nameOf(look), look] as const))('%s', (name, look) => {
  journey(
    `the book, the drawer and the form are sound, and the page says when it failed (${name})`,
    async () => {
      const page = await stage.open('/admin/models', {
        ...look,
        cookie: stage.admin,
        expectedProblems: /models\.list/,
      })
      await page.getByRole('row', { name: /^gpt-5\.4-mini / }).waitFor()
      await takePicture(page, `console-models-${name}`)
      // A hundred rows take the checker long, and are no other than these.
      await page.goto(`${stage.portal.url}/admin/models?search=gpt-6`)
      await page.getByRole('row', { name: /^gpt-6-sol / }).click()
      const drawer = page.getByRole('complementary')
      await drawer.getByRole('table').waitFor()
      await expectSound(page)
      await takePicture(page, `console-models-drawer-${name}`)
      await drawer.locator('.btn.primary').click()
      for (const each of await page.getByRole('dialog').locator('summary').all()) await each.click()
      await expectSound(page)
      await takePicture(page, `console-models-price-${name}`)
      await page.keyboard.press('Escape')
      await page.goto(`${stage.portal.url}/admin/models?tab=changes`)
      await page.getByRole('row', { name: /house-model/ }).waitFor()
      await expectSound(page)
      await takePicture(page, `console-models-changes-${name}`)
      await page.route('**/api/models.list', (route) => route.abort())
      await page.reload()
      await page.getByRole('alert').waitFor()
      await expectSound(page)
      await takePicture(page, `console-models-failing-${name}`)
    },
  )
})
