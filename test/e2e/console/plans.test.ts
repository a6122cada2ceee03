// The operator's plans and codes: a plan is made, changed and archived; codes are made, redeemed and shown as used; limits are
// set and what is used of them is seen.
import { beforeAll, expect } from 'vitest'
import { generateAndRedeemCodes } from '../../journeys/prices-and-codes.ts'
import {
  doorOf,
  expectSound,
  expectWholeTables,
  journey,
  openStage,
  type Stage,
  takePicture,
} from '../support/stage.ts'

const MEMBER = 'amara.okafor@tidewater.example'

let stage: Stage
let member: { readonly id: string; readonly cookie: string }
const admin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })
const audited = async () => {
  const { data } = await admin('audit.list', { limit: 50 })
  return (data.rows as { operation: string }[]).map(({ operation }) => operation)
}

beforeAll(async () => {
  stage = await openStage()
  member = await stage.teammate(MEMBER)
})

journey(
  'a plan is made with quotas and models, changed, archived, and brought back by one press',
  async () => {
    const page = await stage.open('/admin/plans', { cookie: stage.admin })
    await page.getByRole('heading', { name: 'No plans yet' }).waitFor()
    await takePicture(page, 'console-plans-empty')
    await page.getByRole('button', { name: 'New plan' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Create plan' }).click()
    await dialog.getByText('Type a name.').waitFor()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Studio monthly')
    await dialog.getByRole('textbox', { name: 'Price' }).fill('30')
    await dialog.getByRole('button', { name: 'Add quota' }).click()
    await dialog.getByRole('textbox', { name: 'Quota' }).fill('5')
    await dialog.getByText('Only these').click()
    await dialog.getByRole('combobox', { name: 'Add a model' }).fill('demo-fast')
    await page.getByRole('option', { name: 'demo-fast', exact: true }).click()
    await expectSound(page)
    await takePicture(page, 'console-plans-dialog')
    await dialog.getByRole('button', { name: 'Create plan' }).click()
    const card = page.getByRole('article', { name: 'Studio monthly' })
    await card.getByText('$30.00').waitFor()
    await card.getByText('$5.00').waitFor()
    await card.getByText('demo-fast').waitFor()

    await card.getByRole('button', { name: /What can be done/ }).click()
    await page.getByRole('menuitem', { name: 'Edit limits' }).click()
    await dialog.getByRole('combobox', { name: /Requests per minute/ }).click()
    await page.getByRole('option', { name: 'At most' }).click()
    await dialog.getByRole('textbox', { name: /Requests per minute/ }).fill('60')
    await takePicture(page, 'console-plans-limits')
    await dialog.getByRole('button', { name: 'Save limits' }).click()
    await card.getByText('60 requests a minute').waitFor()

    await admin('plans.create', { name: 'Old one', priceNanoUsd: 0, days: 30 })
    await page.reload()
    await page.getByRole('button', { name: 'What can be done with Old one' }).click()
    await page.getByRole('menuitem', { name: 'Archive plan' }).click()
    const archive = () => dialog.getByRole('button', { name: 'Archive plan' }).click()
    await archive()
    await page.getByRole('article', { name: 'Old one' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^Undo: .*Old one/ }).click()
    await page.getByRole('button', { name: 'What can be done with Old one' }).click()
    await page.getByRole('menuitem', { name: 'Archive plan' }).click()
    await archive()
    await page.getByRole('article', { name: 'Old one' }).waitFor({ state: 'detached' })
    await page.getByText('Show archived plans').click()
    await page.getByRole('article', { name: 'Old one' }).getByText('Archived').waitFor()
    expect(await audited()).toEqual(
      expect.arrayContaining(['plans.create', 'limits.update', 'plans.archive']),
    )
  },
)

journey('codes are shown once, one is redeemed and shown as used, and the rest are disabled', async () => {
  const page = await stage.open('/admin/plans', { cookie: stage.admin })
  const person = { id: member.id, email: MEMBER, cookie: member.cookie, secret: '' }
  await generateAndRedeemCodes(doorOf(stage, page), person)
})

journey('limits of a role are replaced, and what a person uses is held against them', async () => {
  const page = await stage.open('/admin/plans?tab=limits', { cookie: stage.admin })
  await page.getByRole('button', { name: 'Edit limits of Users' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: /Tokens per day/ }).click()
  await page.getByRole('option', { name: 'At most' }).click()
  await dialog.getByRole('button', { name: 'Save limits' }).click()
  await dialog.getByText('Type how much').waitFor()
  await dialog.getByRole('textbox', { name: /Tokens per day/ }).fill('2000000')
  await dialog.getByRole('button', { name: 'Save limits' }).click()
  await page.getByText('2,000,000 tokens a day').waitFor()
  const limits = page.getByRole('table', { name: 'Limits' })
  await admin('limits.update', {
    scope: 'user',
    subjectId: member.id,
    rules: [{ metric: 'requests', window: 'minute', value: 60 }],
  })
  await page.reload()
  const whose = () => limits.locator('tbody td:nth-child(2)').allTextContents()
  await expect.poll(whose).toEqual(['Administrators', 'Users', 'Studio monthly', MEMBER])
  await limits.getByRole('button', { name: 'Sort by Changed' }).click()
  await expect.poll(whose).toEqual([MEMBER, 'Users', 'Studio monthly', 'Administrators'])
  await page.getByRole('combobox', { name: 'For: All' }).click()
  await page.getByRole('option', { name: 'Person' }).click()
  await expect.poll(whose).toEqual([MEMBER])
  await page.getByRole('combobox', { name: 'Find a person' }).fill('amara')
  await page.getByRole('option', { name: /amara/ }).click()
  await page.getByText('2.00 M').waitFor()
})

journey('batches of codes stand whole beside what was redeemed, at any width', async () => {
  const { data: plan } = await admin('plans.create', {
    name: 'Studio for a quarter',
    priceNanoUsd: 0,
    days: 90,
  })
  const expiresAt = Date.now() + 90 * 86_400_000
  for (const [name, kind] of [
    ['Workshop in November', { kind: 'plan', planId: plan.id }],
    ['Welcome to the team', { kind: 'balance', amountNanoUsd: 1_234_560_000_000 }],
  ] as const)
    await admin('codes.generate', { name, ...kind, count: 200, prefix: 'WORKSHOP2026', expiresAt })
  const page = await stage.open('/admin/plans?tab=codes', { cookie: stage.admin })
  await page.getByText('Workshop in November').waitFor()
  await expectWholeTables(page)
})
