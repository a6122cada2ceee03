// Everybody's API keys: made for somebody, narrowed, disabled, rotated with an overlap and after a leak, deleted by name.
import { beforeAll, expect } from 'vitest'
import { clientOf } from '../support/requests.ts'
import { expectSound, journey, openStage, type Stage, showConsole, takePicture } from '../support/stage.ts'

const EMAIL = 'hana.sato@tidewater.example'

let stage: Stage
let userId = ''
beforeAll(async () => {
  stage = await openStage()
  ;({ id: userId } = await stage.teammate(EMAIL))
})
const keys = (opening = {}) => stage.open('/admin/keys', { cookie: stage.admin, ...opening })
/** What a client is told that sends this key. */
async function answerTo(secret: string): Promise<number> {
  const { status } = await stage.portal.send({
    path: '/v1/models',
    headers: { authorization: `Bearer ${secret}` },
  })
  return status
}

journey(
  'without keys the page says what a key is; one is made for somebody, with limits, and works',
  async () => {
    const page = await keys({ locale: 'en' })
    await page.getByRole('heading', { name: 'No API keys yet' }).waitFor()
    await expectSound(page)
    await takePicture(page, 'console-keys-empty')
    await page.getByRole('button', { name: 'Create API key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Create API key' }).click()
    await dialog.getByText('Choose whose key it is.').waitFor()
    await dialog.getByRole('combobox', { name: 'Owner' }).fill('hana')
    await page.getByRole('option', { name: EMAIL }).click()
    await dialog.getByRole('textbox', { name: /Name/ }).fill('ci runner')
    await dialog.getByRole('button', { name: 'Set limits' }).click()
    await dialog.getByRole('textbox', { name: 'Per month' }).fill('25')
    const models = dialog.getByRole('textbox', { name: 'Models' })
    await models.fill('demo-fst')
    await dialog.getByText('demo-fst is no model with a price.').waitFor()
    await models.fill('')
    await dialog.getByRole('combobox', { name: 'Add a model' }).fill('demo-fast')
    await page.getByRole('option', { name: 'demo-fast', exact: true }).click()
    expect(await models.inputValue()).toBe('demo-fast')
    await dialog.getByRole('textbox', { name: 'Requests per minute' }).fill('30')
    await expectSound(page)
    await takePicture(page, 'console-keys-create')
    await dialog.getByRole('button', { name: 'Create API key' }).click()
    await dialog.getByText(`The key belongs to ${EMAIL}`).waitFor()
    await takePicture(page, 'console-keys-secret')
    const secret = await dialog.locator('code').first().innerText()
    expect(await answerTo(secret)).toBe(200)
    await dialog.getByRole('button', { name: 'I have kept it' }).click()
    const row = page.getByRole('row', { name: /ci runner.*hana\.sato.*1 model · 1 spend cap · 1 rate limit/ })
    await row.waitFor()
    // Where there is little room, a line breaks between the bounds, not inside of one.
    const narrow = await keys({ locale: 'zh-CN', size: 'narrow' })
    const bounds = narrow.getByRole('row', { name: /ci runner/ }).locator('.nw')
    await bounds.first().waitFor()
    const lines = await bounds.evaluateAll((all) => all.map((each) => each.getClientRects().length))
    expect(lines).toEqual([1, 1, 1])
    await takePicture(narrow, 'console-keys-bounds')
  },
)

journey('a key has a drawer of its own, in every look', async () => {
  const page = await keys()
  await page.getByRole('row', { name: /ci runner/ }).click()
  await page.getByRole('complementary', { name: 'ci runner' }).waitFor()
  await showConsole(page, 'keys-drawer')
})

journey(
  'a key is edited, disabled and enabled, rotated with an overlap and after a leak, and deleted by name',
  async () => {
    const admin = { cookie: stage.admin }
    const made = await stage.portal.call('keys.create', { name: 'laptop', userId }, admin)
    const page = await stage.open(`/admin/keys?user=${userId}`, { cookie: stage.admin })
    await page.getByRole('button', { name: `Owner: ${EMAIL}` }).waitFor()
    const begin = async (item: string, name = 'laptop') => {
      await page
        .getByRole('button', { name: `More for ${name}` })
        .first()
        .click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    const dialog = page.getByRole('dialog')
    await begin('Edit')
    await dialog.getByRole('textbox', { name: 'Per day', exact: true }).fill('x')
    await dialog.getByText('Type an amount from 0.').waitFor()
    await dialog.getByRole('textbox', { name: 'Per day', exact: true }).fill('2.50')
    await dialog.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('laptop was changed').waitFor()

    await begin('Disable')
    await page.getByText('laptop is disabled').waitFor()
    expect(await answerTo(made.data.secret)).toBe(401)
    await page.getByRole('button', { name: 'Undo: laptop is disabled' }).click()
    await page.getByText('Undone: it is as it was before').waitFor()

    await begin('Rotate')
    await dialog.getByText('The old key works for 1 day more').waitFor()
    await takePicture(page, 'console-keys-rotate')
    await dialog.getByRole('button', { name: 'Rotate key' }).click()
    await dialog.getByRole('heading', { name: 'Copy the key now' }).waitFor()
    const second = await dialog.locator('code').first().innerText()
    await dialog.getByRole('button', { name: 'I have kept it' }).click()
    expect([await answerTo(made.data.secret), await answerTo(second)]).toEqual([200, 200])

    await begin('Rotate')
    await dialog.getByRole('radio', { name: /may have leaked/ }).check()
    await dialog.getByText('stops at once and stays off').waitFor()
    await dialog.getByRole('button', { name: 'Rotate key' }).click()
    const third = await dialog.locator('code').first().innerText()
    await dialog.getByRole('button', { name: 'I have kept it' }).click()
    expect([await answerTo(second), await answerTo(third)]).toEqual([401, 200])
    await page
      .getByRole('row', { name: /laptop/ })
      .filter({ hasText: 'Rotated' })
      .first()
      .waitFor()
    await takePicture(page, 'console-keys-rotated')

    await begin('Delete')
    await dialog.getByRole('textbox').fill('laptop')
    await dialog.getByRole('button', { name: 'Delete key' }).click()
    await page.getByText('laptop was deleted').waitFor()
    expect(await answerTo(third)).toBe(401)

    const { data } = await stage.portal.call('audit.list', { targetType: 'key' }, admin)
    const operations = new Set(data.rows.map(({ operation }: { operation: string }) => operation))
    expect([...operations].sort()).toEqual(['keys.create', 'keys.delete', 'keys.rotate', 'keys.update'])
  },
)

journey('whoever chooses names as long as they may be pushes nothing out of sight', async () => {
  const email = `${'a'.repeat(60)}@${'b'.repeat(60)}.example`
  const long = await clientOf(stage, email, 5)
  const asAdmin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })
  await asAdmin('keys.update', { keyId: long.keyId, name: 'w'.repeat(100) })
  await long.send('x'.repeat(128))
  const page = await stage.open('/admin/keys', { cookie: stage.admin, size: 'narrow' })
  await page.getByRole('row', { name: /www/ }).waitFor()
  await expectSound(page)
  for (const path of ['/admin/users', '/admin/usage', `/admin/users/${long.userId}`, '/admin/models']) {
    await page.goto(`${stage.portal.url}${path}`)
    await page
      .getByText(/a{60}|x{60}/)
      .first()
      .waitFor()
    await expectSound(page)
  }
  await takePicture(page, 'console-models-long-name')
})
