// A teammate's keys: none, some, many, and when the list cannot be had.
import { beforeAll, expect } from 'vitest'
import {
  FAILURE_ID,
  failing,
  journey,
  networkAddress,
  openStage,
  type Stage,
  showLooks,
} from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ config: { host: '0.0.0.0' } })
})

journey('a key is made, its secret is shown once and works, and it is switched off and deleted', async () => {
  const { cookie } = await stage.teammate('maker@example.test')
  const page = await stage.open('/keys', { cookie })
  await page.getByRole('heading', { name: 'No API keys yet' }).waitFor()
  await page.getByRole('button', { name: 'Create API key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Create API key' }).click()
  await dialog.getByText('Give the key a name.').waitFor()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('laptop')
  await dialog.getByRole('combobox', { name: 'Expires' }).click()
  await page.getByRole('option', { name: 'In 30 days' }).click()
  await dialog.getByRole('textbox', { name: 'Name' }).press('Enter')

  await page.getByRole('heading', { name: 'Copy the key now' }).waitFor()
  const secret = await page.getByText(/^sk-cg-\w+-\w+$/).innerText()
  await showLooks(page, 'portal-keys-secret')
  const models = await fetch(`${stage.portal.url}/v1/models`, {
    headers: { authorization: `Bearer ${secret}` },
  })
  expect(models.status).toBe(200)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('cell', { name: 'laptop', exact: true }).waitFor()
  expect(await page.content()).not.toContain(secret)

  await page.getByRole('button', { name: 'More for laptop' }).click()
  await page.getByRole('menuitem', { name: 'Disable' }).click()
  await page.getByText('laptop is disabled').waitFor()
  await page.getByRole('cell', { name: 'Disabled' }).waitFor()
  await page.getByRole('button', { name: 'Undo: laptop is disabled' }).click()
  await page.getByRole('cell', { name: 'Active' }).waitFor()

  await page.getByRole('button', { name: 'More for laptop' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const confirm = dialog.getByRole('button', { name: 'Delete key' })
  expect(await confirm.isDisabled()).toBe(true)
  await dialog.getByRole('textbox').fill('laptop')
  await showLooks(page, 'portal-keys-delete')
  await confirm.click()
  await page.getByRole('heading', { name: 'No API keys yet' }).waitFor()
})

journey('a key is narrowed when it is made, changed later, and rotated after a leak', async () => {
  const { cookie } = await stage.teammate('narrower@example.test')
  const page = await stage.open('/keys?new=1', { cookie })
  const dialog = page.getByRole('dialog')
  const modelsFor = async (secret: string) => {
    const answer = await stage.portal.send({
      path: '/v1/models',
      headers: { authorization: `Bearer ${secret}` },
    })
    const { data = [] } = JSON.parse(answer.text) as { data?: readonly { id: string }[] }
    return [answer.status, data.map(({ id }) => id)]
  }
  const shownSecret = async () => {
    const secret = await page.getByText(/^sk-cg-\w+-\w+$/).innerText()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    return secret
  }
  await dialog.getByRole('textbox', { name: 'Name' }).fill('ci')
  await dialog.getByRole('button', { name: 'Set limits' }).click()
  await dialog.getByLabel('Per day', { exact: true }).fill('-1')
  await dialog.getByRole('button', { name: 'Create API key' }).click()
  await dialog.getByText('A limit above is no number.').waitFor()
  await dialog.getByLabel('Per day', { exact: true }).fill('5')
  await dialog.getByRole('textbox', { name: 'Models' }).fill('demo-fast')
  await dialog.getByRole('textbox', { name: 'Requests per minute' }).fill('60')
  await showLooks(page, 'portal-keys-narrowing')
  await dialog.getByRole('button', { name: 'Create API key' }).click()
  const first = await shownSecret()
  expect(await modelsFor(first)).toEqual([200, ['demo-fast']])

  await page.getByRole('button', { name: 'More for ci' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await dialog.getByRole('textbox', { name: 'Models' }).fill('demo-smart')
  await dialog.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('ci was changed').waitFor()
  expect(await modelsFor(first)).toEqual([200, ['demo-smart']])

  await page.getByRole('button', { name: 'More for ci' }).click()
  await page.getByRole('menuitem', { name: 'Rotate' }).click()
  await dialog.getByText('It may have leaked').click()
  await showLooks(page, 'portal-keys-rotate')
  await dialog.getByRole('button', { name: 'Rotate key' }).click()
  const second = await page.getByText(/^sk-cg-\w+-\w+$/).innerText()
  // It goes into the set-ups, and with the next load it is gone.
  await page.getByRole('button', { name: 'Set up a client with it' }).click()
  await page.getByText(`export GATEWAY_API_KEY='${second}'`).waitFor()
  expect(page.url()).toBe(`${stage.portal.url}/connect`)
  await page.reload()
  await page.getByText("export GATEWAY_API_KEY='sk-cg-…'").waitFor()
  expect(await page.content()).not.toContain(second)
  await page.goto(`${stage.portal.url}/keys`)
  expect(await modelsFor(first)).toEqual([401, []])
  expect(await modelsFor(second)).toEqual([200, ['demo-smart']])
  await page.getByRole('cell', { name: 'Rotated' }).waitFor()
  const { rows } = (await stage.portal.call('keys.list', {}, { cookie })).data
  expect(rows[0]).toMatchObject({
    name: 'ci',
    caps: { dayNanoUsd: 5_000_000_000 },
    limits: [{ metric: 'requests', window: 'minute', value: 60 }],
  })
})

journey('a secret can be copied where the page is no secure context', async () => {
  const address = networkAddress()
  expect(address, 'this machine has no network address to try it on').toBeDefined()
  const { cookie } = await stage.teammate('copier@example.test')
  const origin = `http://${address}:${stage.portal.port}`
  const page = await stage.open('/keys', { cookie, origin })
  expect(await page.evaluate('window.isSecureContext')).toBe(false)
  await page.getByRole('button', { name: 'Create API key' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('phone')
  await page.keyboard.press('Enter')
  const secret = await page.getByText(/^sk-cg-\w+-\w+$/).innerText()
  await page.getByRole('button', { name: 'Copy API key' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('button', { name: 'More for phone' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('')
  await name.press('ControlOrMeta+v')
  expect(await name.inputValue()).toBe(secret)
})

journey('the list is sound empty, full and failing', async () => {
  const { id, cookie } = await stage.teammate('looker@example.test')
  const page = await stage.open('/keys', { cookie, expectedProblems: /keys\.list|policies\.get/ })
  await page.locator('.state h2').waitFor()
  await showLooks(page, 'portal-keys-empty')

  await fillKeys(id)
  const recover = await failing(page, 'keys.list')
  await page.reload()
  await page.getByText(FAILURE_ID).first().waitFor()
  await showLooks(page, 'portal-keys-failing')
  await recover()
  await page.locator('.failed .btn').click()
  await page.locator('tbody tr').first().waitFor()
  await showLooks(page, 'portal-keys-full')
  await page.locator('.phead .btn').click()
  await page.getByRole('dialog').waitFor()
  await showLooks(page, 'portal-keys-create')
  await page.keyboard.press('Escape')

  const openPolicy = async () => {
    await page.getByRole('button', { name: 'More for Work laptop' }).click()
    await page.getByRole('menuitem', { name: 'Request policy' }).click()
  }
  const recoverPolicy = await failing(page, 'policies.get')
  await openPolicy()
  await page.getByRole('dialog').getByText(FAILURE_ID).first().waitFor()
  await showLooks(page, 'portal-keys-policy-failing')
  await recoverPolicy()
  await page.locator('.failed .btn').click()
  await page.getByRole('dialog').getByRole('combobox').first().waitFor()
  await showLooks(page, 'portal-keys-policy')
})

async function fillKeys(userId: string): Promise<void> {
  const day = 24 * 60 * 60_000
  const keys = [
    { name: 'Work laptop' },
    { name: 'CI builds, main branch and release candidates', expiresAt: Date.now() + 3 * day },
    { name: '旧笔记本', expiresAt: Date.now() + 200 * day },
  ]
  for (const key of keys) {
    const made = await stage.portal.call('keys.create', { ...key, userId }, { cookie: stage.admin })
    if (key.name === '旧笔记本')
      await stage.portal.call(
        'keys.update',
        { keyId: made.data.id, status: 'disabled' },
        { cookie: stage.admin },
      )
    else
      await fetch(`${stage.portal.url}/v1/models`, {
        headers: { authorization: `Bearer ${made.data.secret}` },
      })
  }
}
