// Signing in and out of the portal, and coming back to where one was.
import type { Page } from 'playwright'
import { beforeAll, expect } from 'vitest'
import { USER } from '../../integration/support/portal.ts'
import { journey, openStage, type Stage, showLooks } from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await stage.teammate()
})

journey('the sign-in page is sound, empty and refused', async () => {
  const page = await stage.open('/')
  await page.waitForURL('**/login')
  const submit = page.locator('button[type=submit]')
  await submit.waitFor()
  await showLooks(page, 'portal-sign-in')

  await submit.click()
  await page.getByRole('alert').first().waitFor()
  await page.locator('input[name=email]').fill(USER.email)
  await page.locator('input[name=password]').fill('wrong')
  await submit.click()
  await page.getByText('The email or the password is wrong.').waitFor()
  await showLooks(page, 'portal-sign-in-refused')
})

journey('whoever opens the address is told that the gateway runs, and how a client gets there', async () => {
  const page = await stage.open('/')
  await page.getByRole('heading', { name: 'This gateway is running' }).waitFor()
  await page.getByText(`${stage.portal.url}/v1`, { exact: true }).waitFor()
  await page
    .getByRole('figure')
    .filter({ hasText: `curl ${stage.portal.url}/v1/models` })
    .waitFor()
  await page
    .getByRole('figure')
    .filter({ hasText: `base_url=${stage.portal.url}/v1` })
    .waitFor()
  await page.getByRole('link', { name: 'Set-ups for Codex CLI' }).click()
  await page.waitForURL('**/login?next=%2Fconnect')

  const data = {
    isSetUpDone: false,
    productName: 'Tidewater',
    registration: 'invite',
    isMailAvailable: false,
  }
  await page.route('**/api/auth.status', (route) =>
    route.fulfill({ json: { ok: true, data: { ...data, locale: 'en' } } }),
  )
  await page.reload()
  expect(await page.getByRole('link', { name: 'Set it up' }).getAttribute('href')).toBe('/setup')
  await page.getByText('A new account needs an invitation').waitFor()
  expect(await page.getByRole('link', { name: 'Create an account' }).count()).toBe(0)
})

journey('a teammate signs in, goes where the link led, and signs out again', async () => {
  const page = await stage.open('/keys?from=link')
  await page.waitForURL('**/login?next=*')
  await page.locator('input[name=email]').fill(USER.email)
  await page.locator('input[name=password]').fill(USER.password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/keys?from=link')
  await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
  expect(await page.title()).toBe('API keys · Codex Gateway')

  await page.getByRole('button', { name: `Account: ${USER.email}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/login')
  await page.goto(`${stage.portal.url}/keys`)
  await page.waitForURL('**/login?next=*')
})

journey('by the keyboard alone somebody signs in, makes a key, and signs out', async () => {
  const page = await stage.open('/login')
  const tabTo = async (name: string | RegExp, role: Parameters<Page['getByRole']>[0] = 'button') => {
    const wanted = page.getByRole(role, { name }).first()
    await wanted.waitFor()
    for (let stops = 0; stops < 40; stops += 1) {
      if ((await wanted.and(page.locator(':focus')).count()) > 0) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not lead to ${name}`)
  }
  await tabTo('Email', 'textbox')
  await page.keyboard.type(USER.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(USER.password)
  await page.keyboard.press('Enter')
  await tabTo('API keys', 'link')
  // Whoever cannot see a pointer sees where they are.
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
  await tabTo('Create API key')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('by keyboard')
  await page.keyboard.press('Enter')
  await tabTo('I have kept it')
  await page.keyboard.press('Enter')
  await page.getByRole('cell', { name: 'by keyboard', exact: true }).waitFor()
  await tabTo(/^Account: /)
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/login')
})

journey('a session that was ended elsewhere leads to the sign-in page, which says so, and back', async () => {
  const { cookie } = await stage.teammate()
  const page = await stage.open('/keys', { cookie })
  await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
  await stage.portal.call('auth.logout', {}, { cookie })
  await page.getByText('Your session has ended.').waitFor()
  await page.locator('input[name=email]').fill(USER.email)
  await page.locator('input[name=password]').fill(USER.password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/keys')
})

journey('the page after signing in is never one of another site', async () => {
  const { cookie } = await stage.teammate()
  for (const next of ['//evil.example/', '/.//evil.example']) {
    const page = await stage.open(`/login?next=${encodeURIComponent(next)}`, { cookie })
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    expect(new URL(page.url()).origin).toBe(stage.portal.url)
    await page.close()
  }
})

journey('the language and the theme that were chosen are still there after a reload', async () => {
  const { cookie } = await stage.teammate()
  const page = await stage.open('/keys', { cookie })
  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await page.getByRole('menuitemradio', { name: '简体中文' }).click()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'API 密钥' }).waitFor()
  const root = page.locator('html')
  expect([await root.getAttribute('lang'), await root.getAttribute('data-theme')]).toEqual(['zh-CN', 'dark'])
})

journey('an address without a page is answered as one, inside the app and by the server', async () => {
  const { cookie } = await stage.teammate()
  const page = await stage.open('/nowhere', { cookie })
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
})

journey('a page of another build than the server asks to be reloaded', async () => {
  const { cookie } = await stage.teammate()
  const page = await stage.open('/keys', { cookie })
  await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
  expect(await page.getByText('The gateway was updated.').count()).toBe(0)
  await page.route('**/api/keys.list', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), 'x-codex-gateway-build': 'newer' } })
  })
  await page.reload()
  await page.getByText('The gateway was updated.').waitFor()
})
