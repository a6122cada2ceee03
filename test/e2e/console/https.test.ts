// HTTPS as the operator switches it on and hands it out, and as a teammate's browser speaks it.
import { beforeAll, describe, expect } from 'vitest'
import type { NetworkView } from '../../../contract/operations/system.ts'
import { USER } from '../../integration/support/portal.ts'
import {
  expectSound,
  journey,
  type Look,
  nameOf,
  openStage,
  type Stage,
  showConsole,
  takePicture,
} from '../support/stage.ts'

const LOOKS: readonly Look[] = [
  { locale: 'en', theme: 'light', size: 'desktop' },
  { locale: 'zh-CN', theme: 'dark', size: 'narrow' },
]

let stage: Stage
const admin = (name: string, input: unknown = {}) => stage.portal.call(name, input, { cookie: stage.admin })
beforeAll(async () => {
  stage = await openStage()
})

journey(
  'HTTPS is switched on while the gateway runs, and every browser that takes it goes on over it',
  async () => {
    const page = await stage.open('/admin/settings?part=network', { cookie: stage.admin })
    await page.getByRole('radio', { name: 'HTTPS beside HTTP' }).click()
    await page.getByRole('button', { name: 'Save 1 change' }).click()
    const panel = page.getByRole('region', { name: 'HTTPS now' })
    await panel.getByText('Fingerprint, SHA-256', { exact: true }).waitFor()
    const { data } = await admin('https.get')
    await panel.getByText(data.authority.fingerprint).waitFor()
    await panel.getByRole('button', { name: 'New authority' }).click()
    await page.getByRole('dialog').getByText('There is no way back.').waitFor()
    const replace = page.getByRole('dialog').getByRole('button', { name: 'New authority' })
    await expect.poll(() => replace.isDisabled()).toBe(true)
    await page.getByRole('dialog').getByRole('textbox').fill(data.authority.name)
    await expect.poll(() => replace.isDisabled()).toBe(false)
    await showConsole(page, 'https-replace')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()

    await stage.teammate()
    const origin = stage.portal.url.replace('http:', 'https:')
    const browser = await stage.open('/login', { origin, takesAnyCertificate: true })
    await browser.getByRole('textbox', { name: 'Email' }).fill(USER.email)
    await browser.getByLabel('Password', { exact: true }).fill(USER.password)
    await browser.getByRole('button', { name: 'Sign in' }).click()
    await browser.waitForURL(`${origin}/`)
    const [cookie] = await browser.context().cookies()
    expect(cookie).toMatchObject({ name: 'cg_session', secure: true, httpOnly: true, sameSite: 'Strict' })
    await browser.goto(`${origin}/connect`)
    await browser
      .getByRole('figure')
      .filter({ hasText: `base_url = "${origin}/v1"` })
      .waitFor()
  },
)

/** As in an office; the machine that the tests run on may have no network at all. */
async function networkInOffice(): Promise<NetworkView> {
  const { data } = await admin('system.network')
  const url = 'https://192.168.1.24:8080'
  return {
    ...data,
    isOpenToNetwork: true,
    places: [
      {
        address: '192.168.1.24',
        url,
        interfaceName: 'Wi-Fi',
        kind: 'lan',
        reached: { devices: 2, lastAt: Date.now(), lastFrom: '192.168.1.31' },
      },
    ],
    addressForOthers: url,
    localName: {
      name: 'codex-gateway.local',
      url: 'https://codex-gateway.local:8080',
      state: 'announced',
      problem: null,
    },
  }
}

describe.each(LOOKS.map((look) => [nameOf(look), look] as const))('%s', (name, look) => {
  journey(`what to trust is drawn (${name})`, async () => {
    await admin('settings.update', { https: 'beside_http' })
    const { data } = await admin('https.get')
    const { fingerprint } = data.authority
    const page = await stage.open('/admin/settings?part=network', { ...look, cookie: stage.admin })
    await page.getByText(fingerprint).scrollIntoViewIfNeeded()
    await expectSound(page)
    await takePicture(page, `console-settings-https-${name}`)
    await page.route('**/api/https.get', (route) =>
      route.fulfill({
        json: {
          ok: true,
          data: { ...data, state: 'failed', problem: 'authority_key_missing', authority: null, leaf: null },
        },
      }),
    )
    await page.reload()
    await page.locator('.note.bad').scrollIntoViewIfNeeded()
    await takePicture(page, `console-settings-https-failed-${name}`)

    const answer = await networkInOffice()
    await page.route('**/api/system.network', (route) => route.fulfill({ json: { ok: true, data: answer } }))
    await page.goto(`${stage.portal.url}/admin/connect`)
    await page.getByText('http://192.168.1.24:8080/ca', { exact: true }).waitFor()
    await page.getByText('codex-gateway.local').waitFor()
    await page.getByRole('figure').filter({ hasText: 'base_url = "https://192.168.1.24:8080/v1"' }).waitFor()
    await page.getByRole('tab', { name: 'Debian, Ubuntu' }).click()
    await page.getByText('codex-gateway.local').scrollIntoViewIfNeeded()
    await takePicture(page, `console-connect-local-name-${name}`)
    await page.getByText('update-ca-certificates').scrollIntoViewIfNeeded()
    await expectSound(page)
    await takePicture(page, `console-connect-https-${name}`)
    await page.locator('label').filter({ hasText: 'PowerShell' }).click()
    await page.getByText('$env:CODEX_CA_CERTIFICATE = "$PWD\\codex-gateway-ca.crt"').scrollIntoViewIfNeeded()
    await expectSound(page)
    await takePicture(page, `console-connect-https-windows-${name}`)
  })
})

journey(
  'what to trust is read on a phone, by a teammate and by whoever was only sent the address',
  async () => {
    await admin('settings.update', { https: 'beside_http' })
    const { fingerprint } = (await admin('https.get')).data.authority
    const { cookie } = await stage.teammate()
    const look = { locale: 'zh-CN', theme: 'dark', size: 'phone', cookie } as const
    const page = await stage.open('/connect', look)
    await page.getByText(fingerprint).scrollIntoViewIfNeeded()
    await expectSound(page)
    await takePicture(page, 'portal-connect-https')
    await page.goto(`${stage.portal.url}/ca`)
    await page.getByText(fingerprint).waitFor()
    await expectSound(page)
    await takePicture(page, 'page-authority')
  },
)
