// The first minutes: whoever opens a fresh gateway on its own machine is led through the set-up, step by step, sees what is
// wrong with their upstream, can reload, and ends on the console.
import { createServer } from 'node:http'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import { ADMIN, type Portal, startPortal } from '../../integration/support/portal.ts'
import { expectSound, journey, SIZES, takePicture } from '../support/stage.ts'

/** An upstream with one good key. */
const upstream = createServer((req, res) => {
  const isKnown = req.headers.authorization === 'Bearer sk-the-good-key-of-this-test'
  res.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
  const data = ['gpt-5.6', 'gpt-5.6-mini', 'gpt-image-2'].map((id) => ({ id, object: 'model' }))
  res.end(
    JSON.stringify(
      isKnown ? { object: 'list', data } : { error: { message: 'no', code: 'invalid_api_key' } },
    ),
  )
})

let portal: Portal
let browser: Browser
beforeAll(async () => {
  await new Promise<void>((listening) => upstream.listen(0, '127.0.0.1', listening))
  portal = await startPortal()
  if (inject('browserEndpoint') !== '') browser = await chromium.connect(inject('browserEndpoint'))
})
afterAll(async () => {
  await browser?.close()
  await portal.stop()
  upstream.close()
})

const open = async (look: { locale: string; theme?: 'light' | 'dark'; size?: keyof typeof SIZES }) => {
  const context = await browser.newContext({
    locale: look.locale,
    colorScheme: look.theme ?? 'light',
    viewport: SIZES[look.size ?? 'desktop'],
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(10_000)
  return context.newPage()
}
const baseUrl = () => {
  const address = upstream.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`
}

async function typePasswords(page: Page): Promise<void> {
  await page.locator('input[name=password]').fill(ADMIN.password)
  await page.getByRole('textbox', { name: 'Password again' }).fill(ADMIN.password)
}

journey(
  'every step in Chinese and in the dark says what is missing, and what is wrong with the upstream',
  async () => {
    const page = await open({ locale: 'zh-CN', theme: 'dark', size: 'narrow' })
    await page.goto(portal.url)
    await page.waitForURL('**/setup')
    await page.getByRole('heading', { level: 2, name: '创建管理员' }).waitFor()
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('请从终端复制令牌。').waitFor()
    await expectSound(page)
    await takePicture(page, 'console-set-up-1-missing-zh-CN-dark-narrow')

    await page.getByRole('textbox', { name: /设置令牌/ }).fill(portal.token ?? '')
    await page.getByRole('textbox', { name: '邮箱' }).fill(ADMIN.email)
    await page.getByRole('textbox', { name: /^密码/ }).fill(ADMIN.password)
    await page.getByRole('textbox', { name: '再次输入密码' }).fill(ADMIN.password)
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByRole('textbox', { name: /^API 密钥/ }).fill('sk-proj-0123456789')
    const address = page.getByRole('textbox', { name: /Base URL/ })
    await address.fill('ftp://127.0.0.1')
    await page.getByRole('button', { name: '测试连接' }).click()
    await page.locator('input[aria-invalid="true"][value="ftp://127.0.0.1"]').waitFor()
    await address.fill('http://127.0.0.1:9/v1')
    await page.getByRole('button', { name: '测试连接' }).click()
    await page.getByText('停在建立连接').waitFor()
    await page.getByText(/127\.0\.0\.1 的端口 9 没有服务在监听/).waitFor()
    await expectSound(page)
    await takePicture(page, 'console-set-up-2-failed-zh-CN-dark-narrow')

    await page.getByRole('button', { name: '使用演示上游' }).click()
    await page.getByRole('heading', { level: 2, name: '决定谁能使用' }).waitFor()
    await page.getByText('仅本机', { exact: true }).waitFor()
    await expectSound(page)
    await takePicture(page, 'console-set-up-3-zh-CN-dark-narrow')
    await page.context().close()
  },
)

journey('a fresh gateway is set up in the browser, across a reload, and never again', async () => {
  const page = await open({ locale: 'en' })
  await page.goto(portal.url)
  const next = page.getByRole('button', { name: 'Next' })
  await page.getByRole('textbox', { name: /Set-up token/ }).fill('wrong')
  await page.getByRole('textbox', { name: 'Email' }).fill(ADMIN.email)
  await typePasswords(page)
  await page.getByRole('textbox', { name: 'Password again' }).fill('something else')
  await next.click()
  await page.getByText('The two passwords differ.').waitFor()
  await typePasswords(page)
  await next.click()
  await page.getByText('The set-up token is wrong.').waitFor()
  const token = page.getByRole('textbox', { name: /Set-up token/ })
  expect(await token.getAttribute('aria-invalid')).toBe('true')
  await takePicture(page, 'console-set-up-1-refused')
  await page.getByRole('textbox', { name: /Set-up token/ }).fill(portal.token ?? '')
  await next.click()

  // The key is refused, in words; the good one lists the models.
  await page.getByRole('heading', { level: 2, name: 'Connect to OpenAI' }).waitFor()
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Connect to OpenAI')
  await page.getByRole('textbox', { name: /Base URL/ }).fill(baseUrl())
  await page.getByRole('textbox', { name: /API key/ }).fill('sk-proj-cut-short')
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText('Stopped at the key').waitFor()
  await page.getByText('Check whether it was copied whole').waitFor()
  expect(await next.isDisabled()).toBe(true)
  await expectSound(page)
  await takePicture(page, 'console-set-up-2-key-refused')
  await page.getByRole('textbox', { name: /API key/ }).fill('sk-the-good-key-of-this-test')
  await page.keyboard.press('Enter')
  await page.getByText('It works: 3 models').waitFor()
  await page.getByText('gpt-5.6-mini').waitFor()
  await takePicture(page, 'console-set-up-2-works')

  await page.getByRole('textbox', { name: /API key/ }).press('Enter')
  await page.getByRole('heading', { level: 2, name: 'Decide who gets in' }).waitFor()

  // Coming back keeps what is not secret, and says what has to be typed again.
  await page.goto('about:blank')
  await page.goto(`${portal.url}/setup`)
  await page.getByText('What you typed is still here.').waitFor()
  expect(await page.getByRole('textbox', { name: 'Email' }).inputValue()).toBe(ADMIN.email)
  expect(await page.getByRole('textbox', { name: /Set-up token/ }).inputValue()).toBe('')
  await page.getByRole('textbox', { name: /Set-up token/ }).fill(portal.token ?? '')
  await typePasswords(page)
  await next.click()
  await page.getByRole('button', { name: 'Use the demo upstream' }).click()
  await page.getByRole('textbox', { name: /Announcement/ }).fill('Welcome to the gate')
  await page.getByRole('textbox', { name: /Balance of a new user/ }).fill('2.50')
  await page.getByRole('radio', { name: /Only with an invitation/ }).check()
  await takePicture(page, 'console-set-up-3')
  await page.getByRole('button', { name: 'Finish the set-up' }).click()
  await page.waitForURL('**/admin')
  await page.getByRole('heading', { name: 'Connect your first client' }).waitFor()
  // Back does not lead to a set-up that is over.
  await page.goBack()
  expect(page.url()).toBe('about:blank')
  await page.goForward()
  await page.getByRole('heading', { name: 'Connect your first client' }).waitFor()
  await expectSound(page)
  await takePicture(page, 'console-home-first')

  const cookie = await portal.signIn(ADMIN)
  expect((await portal.call('settings.get', {}, { cookie })).data).toMatchObject({
    announcement: 'Welcome to the gate',
    defaultBalanceNanoUsd: 2_500_000_000,
    registration: 'invite',
  })
  expect((await portal.call('me.get', {}, { cookie })).data.locale).toBe('en')

  await page.goto(`${portal.url}/setup`)
  await page.getByRole('heading', { name: 'The set-up is done' }).waitFor()
  expect(await page.getByRole('textbox').count()).toBe(0)
  await takePicture(page, 'console-set-up-done-signed-in')
  await page.getByRole('link', { name: 'Open the console' }).click()
  await page.getByRole('heading', { name: 'Connect your first client' }).waitFor()
})
