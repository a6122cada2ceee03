// Several upstreams on the settings' screen: added after a test, watched while one fails, taken out of use and removed by name.
import { beforeAll, expect } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from '../../../server/demo-upstream/demo-upstream.ts'
import { expectSound, journey, openStage, type Stage, showConsole, takePicture } from '../support/stage.ts'

const PATH = '/admin/settings?part=upstream'
const SPARE_KEY = 'sk-of-the-spare-0123456789-77zz'

let stage: Stage
let spare: DemoUpstream
let secret = ''
const admin = (name: string, input: unknown = {}) => stage.portal.call(name, input, { cookie: stage.admin })

beforeAll(async () => {
  stage = await openStage()
  spare = await startDemoUpstream({ apiKey: SPARE_KEY, acceptAnyModel: true })
  const { id: userId } = await stage.teammate()
  await admin('users.adjustBalance', { userId, amountNanoUsd: 10_000_000_000, note: 'for a test' })
  secret = (await admin('keys.create', { userId, name: 'journey' })).data.secret
  stage.portal.secrets.used('the key of the spare upstream', SPARE_KEY)
  return () => spare.stop()
})

journey(
  'an upstream is added after its connection was tried, changed, put out of use and removed by name',
  async () => {
    const page = await stage.open(PATH, { cookie: stage.admin })
    const table = page.getByRole('table', { name: 'All upstreams' })
    await table.getByText('Primary').waitFor()
    await page.getByText('With a second one').waitFor()
    await takePicture(page, 'console-upstreams-alone')
    await page.getByRole('button', { name: 'Add upstream' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Add upstream' }).click()
    await dialog.getByText('Give it a name.').waitFor()
    await dialog.getByLabel('Name', { exact: true }).fill('Spare')
    await dialog.getByRole('textbox', { name: 'Base URL' }).fill(spare.baseUrl)
    await dialog.getByLabel(/API key/).fill('sk-wrong')
    await dialog.getByRole('button', { name: 'Test connection' }).click()
    await dialog.getByText('does not accept this API key').waitFor()
    await expectSound(page)
    await takePicture(page, 'console-upstreams-add')
    await dialog.getByLabel(/API key/).fill(SPARE_KEY)
    await dialog.getByRole('button', { name: 'Test connection' }).click()
    await dialog.getByText(/It works: \d+ models/).waitFor()
    await dialog.getByRole('textbox', { name: /Models/ }).fill('demo-fast\nhouse = vendor/model = x')
    await dialog.getByRole('button', { name: 'Add upstream' }).click()
    await dialog.getByText('Type one model on each line').waitFor()
    await dialog.getByRole('textbox', { name: /Models/ }).fill('demo-fast\nhouse = vendor/model:7b')
    await dialog.getByRole('textbox', { name: /Requests at once/ }).fill('4')
    await dialog.getByRole('button', { name: 'Add upstream' }).click()
    await page.getByText('Spare was added').waitFor()
    const row = table.getByRole('row').filter({ hasText: 'Spare' })
    await row.getByText('2 models').waitFor()
    await row.getByText('0 of 4').waitFor()

    await row.getByRole('button', { name: 'More for Spare' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await dialog.getByText('••••••••77zz').waitFor()
    await dialog.getByRole('textbox', { name: /Models/ }).fill('')
    await dialog.getByRole('textbox', { name: /Multiplier/ }).fill('1.5')
    await dialog.getByRole('textbox', { name: /Requests at once/ }).fill('')
    await takePicture(page, 'console-upstreams-edit')
    await dialog.getByRole('button', { name: 'Save upstream' }).click()
    await page.getByText('Spare was changed').waitFor()
    await row.getByText('× 1.50').waitFor()
    const rows = () => admin('upstreams.list').then(({ data }) => data.rows as Record<string, unknown>[])
    expect((await rows())[1]).toMatchObject({
      models: null,
      multiplierPpm: 1_500_000,
      concurrencyMax: null,
      key: { isSet: true },
    })

    await row.getByRole('switch', { name: 'Send requests to Spare' }).click()
    await page.getByText('No more requests go to Spare').waitFor()
    await row.getByText('Off', { exact: true }).waitFor()
    expect((await rows())[1]).toMatchObject({ isEnabled: false, isInUse: false })

    await row.getByRole('button', { name: 'More for Spare' }).click()
    await page.getByRole('menuitem', { name: 'Remove upstream' }).click()
    const remove = dialog.getByRole('button', { name: 'Remove upstream' })
    expect(await remove.isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('Spare')
    await takePicture(page, 'console-upstreams-remove')
    await remove.click()
    await page.getByText('Spare was removed').waitFor()
    expect(await rows()).toHaveLength(1)
    expect(await page.content()).not.toContain(SPARE_KEY)
  },
)

journey('the list tells of an upstream that fails, and of one that is off', async () => {
  await admin('upstreams.update', { kind: 'demo' })
  const use = { baseUrl: spare.baseUrl, priority: 10 }
  await admin('upstreams.create', { ...use, name: 'Team account', apiKey: 'sk-revoked-0123456789-9911' })
  await admin('upstreams.create', {
    ...use,
    name: 'Rack in the basement',
    priority: 200,
    isEnabled: false,
    models: [{ model: 'house' }],
  })
  const asked = await stage.portal.send({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'demo-fast',
      max_completion_tokens: 20,
      messages: [{ role: 'user', content: 'hi' }],
    }),
  })
  expect(asked.status).toBe(200)
  const page = await stage.open(PATH, { cookie: stage.admin })
  await page.getByText('Team account').waitFor()
  await page.getByText('Passed over').waitFor()
  await page.getByText('Rack in the basement').scrollIntoViewIfNeeded()
  await showConsole(page, 'upstreams')
})
