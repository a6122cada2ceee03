// Back, and what is left behind: a drawer is a step of its own, and what is typed is not lost without a word.
import { beforeAll, expect } from 'vitest'
import { clientOf } from './support/requests.ts'
import { expectSound, journey, openStage, type Stage, takePicture } from './support/stage.ts'

const HERE = 'location.pathname + location.search'
/** Where no link of the row is. */
const AT_ITS_EDGE = { x: 3, y: 3 }

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})

journey(
  'Back closes the receipt that covers a phone, and closing it leaves nothing to go back through',
  async () => {
    const { cookie, send } = await clientOf(stage, 'noor@tidewater.example', 20)
    await send()
    await send('demo-fast')
    const page = await stage.open('/', { cookie, size: 'phone' })
    await page.getByRole('navigation').getByRole('link', { name: 'Usage' }).click()
    const rows = page.locator('tr.opens')
    const drawer = page.getByRole('complementary', { name: 'Receipt' })
    await rows.first().click()
    await drawer.waitFor()
    await page.goBack()
    await drawer.waitFor({ state: 'detached' })
    expect(await page.evaluate(HERE)).toBe('/usage')

    for (const close of [
      () => drawer.getByRole('button', { name: 'Close' }).click(),
      async () => {
        await page.keyboard.down('Escape')
        await page.keyboard.down('Escape')
      },
    ]) {
      await rows.last().click()
      await drawer.waitFor()
      await close()
      await drawer.waitFor({ state: 'detached' })
      expect(await page.evaluate(HERE)).toBe('/usage')
    }
    await page.goBack()
    await page.waitForURL(`${stage.portal.url}/`)

    // Where the address itself led to it there is nothing behind it, and it closes all the same.
    await page.goForward()
    await rows.first().click()
    const linked = await stage.open(String(await page.evaluate(HERE)), { cookie })
    await linked.getByRole('complementary').getByRole('button', { name: 'Close' }).click()
    await linked.getByRole('complementary').waitFor({ state: 'detached' })
    expect(await linked.evaluate(HERE)).toBe('/usage')
  },
)

journey(
  'one row after the other is one step, and a filter beside an open drawer is kept when it closes',
  async () => {
    await clientOf(stage, 'liv@tidewater.example', 20)
    await clientOf(stage, 'arne@tidewater.example', 20)
    const page = await stage.open('/admin', { cookie: stage.admin })
    await page.getByRole('link', { name: 'API keys' }).click()
    const rows = page.locator('tr.opens')
    await rows.nth(1).waitFor()
    await rows.first().click({ position: AT_ITS_EDGE })
    await rows.nth(1).click({ position: AT_ITS_EDGE })
    await page.goBack()
    await page.getByRole('complementary').waitFor({ state: 'detached' })
    expect(await page.evaluate(HERE)).toBe('/admin/keys')
    await rows.first().click({ position: AT_ITS_EDGE })
    await page.getByRole('complementary').waitFor()
    await page.getByRole('searchbox').fill('laptop')
    await page.waitForURL('**search=laptop**')
    await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('complementary').waitFor({ state: 'detached' })
    expect(await page.evaluate(HERE)).toBe('/admin/keys?search=laptop')
  },
)

journey(
  'settings that are typed and not saved are asked about: by a link, by Back and by a reload',
  async () => {
    const page = await stage.open('/admin', { cookie: stage.admin })
    await page.getByRole('link', { name: 'Settings' }).click()
    const name = page.getByRole('textbox', { name: 'Name of this gateway' })
    await name.fill('Tidewater')
    // Parts of the settings keep what is typed in each.
    await page.getByRole('tab', { name: 'Billing' }).click()
    await page.getByRole('link', { name: 'Users' }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.getByText('Name of this gateway').waitFor()
    await expectSound(page)
    await takePicture(page, 'console-unsaved-en-light')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('tab', { name: 'General' }).click()
    expect(await name.inputValue()).toBe('Tidewater')
    // As the button of the browser does, whose driver waits for a page that is never left.
    await page.evaluate('history.back()')
    await dialog.waitFor()
    expect(await page.evaluate('location.pathname')).toBe('/admin/settings')
    await page.keyboard.press('Escape')
    const asked = new Promise<string>((resolve) => {
      page.once('dialog', (browsers) => {
        resolve(browsers.type())
        void browsers.dismiss()
      })
    })
    void page.evaluate('location.reload()').catch(() => undefined)
    expect(await asked).toBe('beforeunload')
    expect(await name.inputValue()).toBe('Tidewater')
    await page.getByRole('link', { name: 'Users' }).click()
    await dialog.getByRole('button', { name: 'Leave without saving' }).click()
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
    // Nothing is left to ask about.
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('link', { name: 'Users' }).click()
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
  },
)

journey(
  'mail and upstream that are typed and not saved outlive another part, and are asked about',
  async () => {
    const page = await stage.open('/admin/settings?part=upstream', { cookie: stage.admin })
    const part = (name: string) => page.getByRole('tab', { name })
    await page.getByText('OpenAI, or one like it').click()
    const upstreamKey = page.getByLabel(/API key/)
    await upstreamKey.fill('sk-typed')
    await part('Mail').click()
    await page.getByText('SMTP', { exact: true }).click()
    const server = page.getByRole('textbox', { name: 'Server' })
    await server.fill('smtp.example.com')
    await part('Upstream').click()
    expect(await upstreamKey.inputValue()).toBe('sk-typed')
    await part('Mail').click()
    expect(await server.inputValue()).toBe('smtp.example.com')
    await page.getByRole('link', { name: 'Users' }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.getByText('Upstream, Mail').waitFor()
    await takePicture(page, 'console-unsaved-mail-en-light')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    // Given up part by part, nothing is left to ask about.
    await page.getByRole('button', { name: 'Cancel' }).click()
    await part('Upstream').click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('link', { name: 'Users' }).click()
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
  },
)
