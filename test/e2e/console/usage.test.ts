// Every request as the operator sees it: arriving by itself, narrowed, explained, refunded, taken along as a file.
import { beforeAll, describe, expect } from 'vitest'
import { wavOf } from '../../../server/demo-upstream/sounds.ts'
import { type Client, clientOf, DOLLAR, fillStage } from '../support/requests.ts'
import {
  downloadedText,
  expectSound,
  expectWholeTables,
  journey,
  openStage,
  SIZES,
  type Stage,
  showConsole,
  takePicture,
} from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await stage.portal.call(
    'prices.upsert',
    { model: 'demo-smart', inputNanoUsdPerMTok: 10_000 * DOLLAR, outputNanoUsdPerMTok: 10_000 * DOLLAR },
    { cookie: stage.admin },
  )
})
const open = (path: string, opening = {}) => stage.open(path, { cookie: stage.admin, ...opening })

journey(
  'a request that is made elsewhere shows by itself, with its receipt, and is refunded once',
  async () => {
    const page = await open('/admin/usage')
    await page.getByRole('heading', { name: 'No requests yet' }).waitFor()
    await expectSound(page)
    await takePicture(page, 'console-usage-empty')
    await page.evaluate('window.loadedOnce = true')

    const hana = await clientOf(stage, 'hana.sato@tidewater.example', 50)
    expect(await hana.send()).toBe(200)
    await page.getByRole('row', { name: /hana\.sato.*demo-smart/ }).click()
    expect(await page.evaluate('window.loadedOnce')).toBe(true)
    const { data } = await stage.portal.call('usage.list', {}, { cookie: stage.admin })
    const cost = data.rows[0].costNanoUsd
    const drawer = page.getByRole('complementary', { name: 'Receipt' })
    await drawer.getByText('Charged once').waitFor()
    const exact = `$${(cost / DOLLAR).toFixed(9)}`
    const titles = await page
      .locator('.totals .money, .drawer .money')
      .evaluateAll((all) => all.map((each) => each.getAttribute('title')?.replace(/^\u2212/, '')))
    // The total over the rows, the figure of the receipt, its settlement and its charge are one amount.
    expect(titles.filter((title) => title === exact).length).toBeGreaterThanOrEqual(4)
    await expectSound(page)

    await drawer.getByRole('button', { name: 'Refund request' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: /Amount/ }).fill('60')
    await page.keyboard.press('Enter')
    await dialog.getByText(/Enter an amount from/).waitFor()
    await dialog.getByRole('textbox', { name: /Amount/ }).fill((cost / DOLLAR).toFixed(9))
    await dialog.getByText('$50.00').waitFor()
    await expectSound(page)
    await takePicture(page, 'console-usage-refund')
    await page.keyboard.press('Enter')
    await page.getByText(/was refunded to hana\.sato/).waitFor()
    await drawer.getByText('Refund', { exact: true }).waitFor()
    await expect.poll(() => drawer.getByRole('button', { name: 'Refund request' }).count()).toBe(0)
    const user = await stage.portal.call('users.get', { userId: hana.userId }, { cookie: stage.admin })
    expect(user.data.balanceNanoUsd).toBe(50 * DOLLAR)
    const audit = await stage.portal.call(
      'audit.list',
      { operation: 'usage.refund' },
      { cookie: stage.admin },
    )
    expect(audit.data.rows).toHaveLength(1)
  },
)

describe('with many requests', () => {
  let people: readonly Client[] = []
  beforeAll(async () => {
    people = await fillStage(stage)
  })

  journey('a receipt stands beside the rows and their chart, in every look', async () => {
    const page = await open('/admin/usage')
    await page.locator('tbody tr', { hasText: 'demo-reasoning' }).first().press('Enter')
    await page.locator('.drawer .rail').waitFor()
    await showConsole(page, 'usage-receipt')
  })

  journey('no column is out of sight at any width, the cost least of all', async () => {
    const page = await open('/admin/usage')
    await page.locator('tbody tr', { hasText: 'demo-reasoning' }).first().waitFor()
    await expectWholeTables(page)
    await page.locator('tbody tr', { hasText: 'demo-reasoning' }).first().press('Enter')
    await page.locator('.drawer .rail').waitFor()
    await expectWholeTables(page)
  })

  journey('filters stand in the address, and totals, rows, chart and file follow them', async () => {
    const [wei] = people
    const page = await open(`/admin/usage?user=${wei?.userId}&reason=refused`)
    const totals = page.locator('.totals')
    await totals.getByText('1 request').waitFor()
    await totals.getByText('1 error').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(1)
    await page.getByRole('row', { name: /wei\.chen.*gpt-5\.9-unheard-of.*not charged/ }).waitFor()
    expect(await page.getByRole('combobox', { name: 'User' }).inputValue()).toBe('wei.chen@tidewater.example')

    const text = await downloadedText(page, () => page.getByRole('link', { name: 'Export CSV' }).click())
    const lines = text.trim().split('\r\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('gpt-5.9-unheard-of')

    await page.getByRole('combobox', { name: 'Ending: Refused' }).click()
    await page.getByRole('option', { name: 'All' }).click()
    await totals.getByText('4 requests').waitFor()
    await page.getByText('Requests', { exact: true }).click()
    await page
      .getByRole('figure', { name: 'Requests by model' })
      .getByRole('button', { name: 'Show as table' })
      .click()
    const table = page.getByRole('table', { name: 'Requests by model' })
    for (const model of ['demo-smart', 'demo-fast', 'demo-reasoning', 'gpt-5.9-unheard-of'])
      await table.getByRole('columnheader', { name: model }).waitFor()
    await page.getByRole('combobox', { name: 'User' }).fill('priya')
    await page.getByRole('option', { name: /priya/ }).click()
    await totals.getByText('8 requests').waitFor()
    await page.getByRole('combobox', { name: 'User' }).fill('')
    await totals.getByText('25 requests').waitFor()
    expect(page.url()).not.toContain('user=')
    await page.getByRole('combobox', { name: 'Status' }).click()
    await page.getByRole('option', { name: '502 Upstream failed' }).click()
    await page.getByText('Nothing matches these filters.').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await totals.getByText('25 requests').waitFor()
  })

  journey(
    'whose a request was is read whole at 1280 pixels, however it ended, and at 1024 in lines',
    async () => {
      const refused = await stage.portal.send({
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { authorization: `Bearer ${people[2]?.secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'demo-smart', messages: [] }),
      })
      expect(refused.status).toBe(400)
      const page = await open('/admin/usage')
      const row = page.locator('tbody tr', { hasText: 'Upstream refused' }).first()
      await row.waitFor()
      const cut = () =>
        page
          .locator('tbody td.cuts-who .trunc')
          .evaluateAll(
            (all) =>
              all.filter(
                (each) => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight,
              ).length,
          )
      expect(await cut()).toBe(0)
      await row.press('Enter')
      await page.locator('.drawer .rail').waitFor()
      expect(await cut()).toBe(0)
      await takePicture(page, 'console-usage-refused-upstream')
      await page.setViewportSize(SIZES.narrow)
      expect(await cut()).toBe(0)
      await takePicture(page, 'console-usage-refused-narrow')
      await showConsole(page, 'usage-refused')
    },
  )
})

describe('images and sound', () => {
  beforeAll(async () => {
    const { secret } = await clientOf(stage, 'yuki.mori@tidewater.example', 20)
    const send = (path: string, body: object | FormData) =>
      fetch(`${stage.portal.url}/v1${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${secret}`,
          ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        },
        body: body instanceof FormData ? body : JSON.stringify(body),
      }).then((answer) => answer.arrayBuffer())
    const form = new FormData()
    form.set('file', new Blob([wavOf(12_300)]), 'speech.wav')
    form.set('model', 'demo-whisper')
    form.set('response_format', 'text')
    await send('/audio/transcriptions', form)
    await send('/audio/speech', {
      model: 'demo-speech',
      input: 'A gate, and behind it a garden.',
      voice: 'alloy',
    })
    await send('/images/generations', { model: 'demo-image', prompt: 'A gate.', n: 2 })
  })

  journey('are shown by what they are, in every look', async () => {
    const page = await open('/admin/usage')
    const row = (model: string) => page.locator('tbody tr', { hasText: model })
    await row('demo-image')
      .getByText(/2 images/)
      .waitFor()
    await row('demo-speech')
      .getByText(/31 characters/)
      .waitFor()
    await row('demo-whisper').getByText('13 s of sound').waitFor()
    await row('demo-whisper').press('Enter')
    const line = page.locator('.drawer .ln', { hasText: 'Sound, in seconds' })
    await line.getByText(/^13 × /).waitFor()
    await showConsole(page, 'usage-media')
  })
})
