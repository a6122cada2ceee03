// The first minutes: whoever opens a fresh gateway on its own machine is led through the set-up, and ends on the console.
import { chromium } from 'playwright'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import { ADMIN, type Portal, startPortal } from '../../integration/support/portal.ts'
import { expectSound, journey, takePicture } from '../support/stage.ts'

let portal: Portal
beforeAll(async () => {
  portal = await startPortal()
})
afterAll(() => portal.stop())

journey('a fresh gateway is set up in the browser, once', async () => {
  const browser = await chromium.connect(inject('browserEndpoint'))
  const context = await browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(portal.url)
  await page.waitForURL('**/setup')
  await page.getByRole('heading', { level: 1, name: '设置您的网关' }).waitFor()
  await page.getByRole('radio', { name: 'English' }).check({ force: true })
  await page.getByRole('button', { name: 'Finish the set-up' }).click()
  await page.getByText('Copy the token from the terminal.').waitFor()
  await expectSound(page)
  await takePicture(page, 'console-set-up-missing')

  await page.getByRole('textbox', { name: /Set-up token/ }).fill('wrong')
  await page.getByRole('textbox', { name: 'Email' }).fill(ADMIN.email)
  await page.getByRole('textbox', { name: /^Password/ }).fill(ADMIN.password)
  await page.getByRole('radio', { name: 'The demo upstream' }).check()
  await page.getByRole('button', { name: 'Finish the set-up' }).click()
  await page.getByText('The set-up token is wrong.').waitFor()
  await takePicture(page, 'console-set-up-refused')

  await page.getByRole('textbox', { name: /Set-up token/ }).fill(portal.token ?? '')
  await page.getByRole('button', { name: 'Finish the set-up' }).click()
  await page.waitForURL('**/admin/users')
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()

  await page.goto(`${portal.url}/setup`)
  await page.getByRole('heading', { name: 'The set-up is done' }).waitFor()
  expect(await page.getByRole('textbox').count()).toBe(0)
  await browser.close()
})
