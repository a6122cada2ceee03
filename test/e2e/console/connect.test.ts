// How the operator hands out the address: what is offered while only this computer, nobody yet, or somebody has reached it, and
// the set-ups to paste.
import { beforeAll, expect } from 'vitest'
import type { NetworkView } from '../../../contract/operations/system.ts'
import { startPortal } from '../../integration/support/portal.ts'
import { journey, openStage, type Stage, showConsole, takePicture } from '../support/stage.ts'

/** A machine in an office; the one that the tests run on may have no network at all. */
function network(reached: NetworkView['places'][number]['reached'], platform = 'win32'): NetworkView {
  const place = (address: string, interfaceName: string, kind: NetworkView['places'][number]['kind']) => ({
    address,
    url: `http://${address}:8080`,
    interfaceName,
    kind,
    reached: null,
  })
  return {
    port: 8080,
    platform,
    isOpenToNetwork: true,
    addressForOthers: 'http://192.168.1.24:8080',
    localName: null,
    places: [
      { ...place('192.168.1.24', 'Wi-Fi', 'lan'), reached },
      place('192.168.1.57', 'Ethernet', 'lan'),
      place('100.92.14.7', 'Tailscale', 'vpn'),
      place('172.28.96.1', 'vEthernet (WSL)', 'virtual'),
      place('127.0.0.1', 'Loopback', 'loopback'),
    ],
  }
}

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})

journey('a gateway for this computer alone says so, and how to let the network in', async () => {
  const page = await stage.open('/admin/connect', { cookie: stage.admin })
  await page.getByText('Only this computer reaches the gateway.').waitFor()
  await page.getByText('This computer only', { exact: true }).waitFor()
  const address = `${stage.portal.url}/v1`
  await page.locator('.address').filter({ hasText: address }).waitFor()
  const code = page.getByRole('figure')
  await code.filter({ hasText: `base_url = "${address}"` }).waitFor()
  await page.getByRole('tab', { name: 'curl' }).click()
  await code.filter({ hasText: `curl ${address}/chat/completions` }).waitFor()
  await page.getByRole('tab', { name: 'Open WebUI' }).click()
  await page.getByText('In a container, 127.0.0.1 is the container itself.').waitFor()
  await page.getByText('Cursor calls its models from its own servers').waitFor()
  await takePicture(page, 'console-connect-here')
})

journey('a gateway that the network may reach lists its addresses, and waits for a device', async () => {
  const portal = await startPortal({ config: { host: '0.0.0.0' } })
  const cookie = await portal.setUp()
  const { data } = await portal.call('system.network', {}, { cookie })
  expect(data).toMatchObject({ isOpenToNetwork: true, port: portal.port })
  expect(data.places.at(-1)).toMatchObject({ kind: 'loopback', address: '127.0.0.1', reached: null })
  // This machine's own requests prove nothing.
  await portal.send({ path: '/hello' })
  const again: NetworkView = (await portal.call('system.network', {}, { cookie })).data
  expect(again.places.every(({ reached }) => reached === null)).toBe(true)
  await portal.stop()
})

journey('waiting, and reached by somebody, in every look', async () => {
  const page = await stage.open('/admin', { cookie: stage.admin })
  let answer = network(null)
  await page.route('**/api/system.network', (route) => route.fulfill({ json: { ok: true, data: answer } }))
  await page.goto(`${stage.portal.url}/admin/connect`)
  await page.getByText('New-NetFirewallRule').waitFor()
  await page.locator('svg.qr').waitFor()
  await showConsole(page, 'connect-waiting')

  // It is looked for while nobody has come; the page was not touched.
  answer = network({ devices: 7, lastAt: Date.now(), lastFrom: '192.168.1.31' })
  await page.locator('.share.lit').waitFor()
  await page.getByText('192.168.1.31').waitFor()
  await showConsole(page, 'connect-reached')
})
