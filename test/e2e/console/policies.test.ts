// Request policies in both apps: of a plan, a person and a key, each with what it inherits, and of a teammate's own key, which
// they can only narrow.
import { beforeAll, describe, expect } from 'vitest'
import {
  expectSound,
  journey,
  type Look,
  nameOf,
  openStage,
  type Stage,
  takePicture,
} from '../support/stage.ts'

const LOOKS: readonly Look[] = [
  { locale: 'en', theme: 'dark', size: 'desktop' },
  { locale: 'zh-CN', theme: 'light', size: 'narrow' },
]

let stage: Stage
let member: { readonly id: string; readonly cookie: string }
let planId = ''
let keyId = ''
const admin = (name: string, input: unknown) => stage.portal.call(name, input, { cookie: stage.admin })
const policyOf = async (scope: string, subjectId: string) =>
  (await admin('policies.get', { scope, subjectId })).data

beforeAll(async () => {
  stage = await openStage()
  member = await stage.teammate('amara.okafor@tidewater.example')
  planId = (await admin('plans.create', { name: 'Studio', priceNanoUsd: 0, days: 30 })).data.id
  await admin('users.grantPlan', { userId: member.id, planId })
  const made = await stage.portal.call('keys.create', { name: 'laptop' }, { cookie: member.cookie })
  keyId = made.data.id
})

journey('a plan opens file search, a person’s own word wins over it, and each says whose it is', async () => {
  const page = await stage.open('/admin/plans?tab=limits', { cookie: stage.admin })
  const studio = page.getByRole('region', { name: 'Request policy · Studio' })
  await studio.getByText('as shipped').first().waitFor()
  await studio.getByRole('button', { name: 'Change policy' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: /^File search/ }).click()
  await page.getByRole('option', { name: 'permitted', exact: true }).click()
  await dialog.getByRole('combobox', { name: /^Vector stores/ }).click()
  await page.getByRole('option', { name: 'only these' }).click()
  await dialog.getByRole('textbox', { name: 'Vector stores' }).fill('vs_handbook')
  await dialog.getByRole('combobox', { name: /^Stored prompts/ }).click()
  await page.getByRole('option', { name: 'only these' }).click()
  await dialog.getByRole('textbox', { name: 'Stored prompts' }).fill('pmpt_handbook')
  await dialog.getByRole('combobox', { name: /^Tool calls/ }).click()
  await page.getByRole('option', { name: 'at most' }).click()
  await dialog.getByRole('button', { name: 'Save policy' }).click()
  await dialog.getByText('It has to be a whole number from 1 to 100.').first().waitFor()
  await dialog.getByRole('textbox', { name: /Tool calls/ }).fill('5')
  await expectSound(page)
  await takePicture(page, 'console-policy-plan')
  await dialog.getByRole('button', { name: 'Save policy' }).click()
  await studio.getByText('vs_handbook').waitFor()
  expect((await policyOf('plan', planId)).policy).toEqual({
    fileSearch: true,
    vectorStoreIds: ['vs_handbook'],
    promptIds: ['pmpt_handbook'],
    maxToolCalls: 5,
  })

  await page.goto(`${stage.portal.url}/admin/users/${member.id}?tab=plan`)
  const own = page.getByRole('region', { name: 'Request policy' })
  await own.getByText('from the plan').first().waitFor()
  await own.getByRole('button', { name: 'Change policy' }).click()
  await dialog.getByRole('combobox', { name: /^Kept at the upstream/ }).click()
  await page.getByRole('option', { name: 'never: store is switched off' }).click()
  await takePicture(page, 'console-policy-person')
  await dialog.getByRole('button', { name: 'Save policy' }).click()
  await own.getByText('never: store is switched off').waitFor()
  expect(await policyOf('user', member.id)).toMatchObject({ policy: { store: 'off' } })
  expect(await policyOf('key', keyId)).toMatchObject({ inherited: { store: { value: 'off', from: 'user' } } })
})

journey('a teammate narrows their own key, and is offered nothing that would widen it', async () => {
  const page = await stage.open('/keys', { cookie: member.cookie })
  await page.getByRole('button', { name: 'More for laptop' }).click()
  await page.getByRole('menuitem', { name: 'Request policy' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: /^Web search/ }).click()
  expect(await page.getByRole('option').allInnerTexts()).toEqual(['permitted (as shipped)', 'refused'])
  await page.getByRole('option', { name: 'refused', exact: true }).click()
  await dialog.getByRole('button', { name: 'Save policy' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await policyOf('key', keyId)).toMatchObject({ policy: { webSearch: false } })
  const { data } = await admin('audit.list', { limit: 5 })
  expect(data.rows[0]).toMatchObject({
    operation: 'policies.update',
    targetType: 'key',
    actorUserId: member.id,
  })
})

describe.each(LOOKS)('the policies of the console, $locale $theme $size,', (look) => {
  journey('of roles and plans', async () => {
    const page = await stage.open('/admin/plans?tab=limits', { cookie: stage.admin, ...look })
    await page.getByText('vs_handbook').first().waitFor()
    await expectSound(page)
    await takePicture(page, `console-policies-${nameOf(look)}`)
  })

  journey('of a person', async () => {
    const page = await stage.open(`/admin/users/${member.id}?tab=plan`, { cookie: stage.admin, ...look })
    await page.getByText('vs_handbook').first().waitFor()
    await expectSound(page)
    await takePicture(page, `console-policy-person-${nameOf(look)}`)
  })

  journey('that cannot be had', async () => {
    const page = await stage.open('/admin/plans', {
      cookie: stage.admin,
      ...look,
      expectedProblems: /policies\.get/,
    })
    const envelope = { ok: false, error: { code: 'storage_unavailable', message: 'x' } }
    await page.route('**/api/policies.get', (route) => route.fulfill({ status: 503, json: envelope }))
    await page.goto(`${stage.portal.url}/admin/plans?tab=limits`)
    await page.getByRole('alert').first().waitFor()
    await takePicture(page, `console-policies-failing-${nameOf(look)}`)
  })
})
