// A system without a usable keychain: the app says so, and keeps a key in a file only where somebody has said that it may.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { startDesktop, takeAllPictures } from './desktop-app.ts'
import { keychainlessJourney } from './desktop-journey.ts'

const TRY_AGAIN = 0
const USE_FILE = 1
const QUIT = 2

keychainlessJourney('nothing is kept in a file that nobody chose', async () => {
  const app = startDesktop({ dialogAnswers: [TRY_AGAIN, QUIT] })
  expect(await app.exited).toBe(0)
  expect(existsSync(join(app.dataDir, 'secrets.json'))).toBe(false)
  expect(existsSync(join(app.dataDir, 'gateway.db'))).toBe(false)
})

keychainlessJourney(
  'the file is offered with the reason, chosen once, and named where the key is shown',
  async () => {
    const app = startDesktop({ dialogAnswers: [USE_FILE], language: 'zh-CN' })
    const page = await app.page()
    const asked = await app.inMain(({ recorded }) =>
      recorded.calls.find(({ api }) => api.startsWith('dialog.')),
    )
    expect(asked?.args).toMatchObject([
      {
        message: '没有可用于保存 OpenAI 密钥的钥匙串',
        buttons: ['重试', '使用加密文件', '退出'],
        cancelId: QUIT,
      },
    ])

    await page.evaluate(`window.codexGateway.call('setup.complete', {
    admin: { email: 'ada@example.test', password: 'correct horse battery staple' },
    upstream: { kind: 'openai', apiKey: 'sk-proj-in-a-sealed-file-QWER' },
  })`)
    expect(await page.evaluate("window.codexGateway.call('upstreams.get', {})")).toMatchObject({
      data: { key: { isSet: true, lastFour: 'QWER', keptIn: 'encrypted file' } },
    })
    await page.evaluate(`location.href = '/admin/settings?part=upstream'`)
    await page.getByText('QWER').first().waitFor()
    await page.getByText(/加密文件|an encrypted file/).waitFor()
    await takeAllPictures(page, 'without-keychain')
    expect(readFileSync(join(app.dataDir, 'secrets.json'), 'utf8')).not.toContain('sealed-file')
    await app.inMain(({ app: electronApp }) => electronApp.quit())
    await app.exited

    const next = startDesktop({ dataDir: app.dataDir })
    await next.page()
    expect(
      await next.inMain(({ recorded }) => recorded.calls.filter(({ api }) => api.startsWith('dialog.'))),
    ).toEqual([])
  },
)
