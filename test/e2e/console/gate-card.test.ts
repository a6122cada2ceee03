// The gate card in the desktop window, whose bridge is stood in for: its menu, and where both stand beside a narrow side bar.
import { beforeAll, expect } from 'vitest'
import { expectSound, journey, openStage, type Stage, takePicture } from '../support/stage.ts'

/** The app, as it says that its gateway is; everything else is asked of the same gateway over HTTP. */
const bridgeOf = (gateway: object) => `{
  const desktop = {
    gateway: ${JSON.stringify(gateway)}, isPaused: false, inFlight: 0, port: 8420, isOpenToNetwork: false,
    startsAtLogin: false, version: '1.0.0', update: { kind: 'none' }, looksForUpdates: false,
    isGiven: { port: false, host: false },
  }
  window.codexGateway = {
    async call(name, input) {
      if (name === 'desktop.get') return { ok: true, data: desktop }
      const headers = { 'content-type': 'application/json', 'x-requested-with': 'codex-gateway' }
      return (await fetch('/api/' + name, { method: 'POST', headers, body: JSON.stringify(input) })).json()
    },
    subscribe: () => () => {},
  }
}`

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})

journey.each([
  ['running', 'Stop gateway'],
  ['stopping', 'Stop without waiting'],
])(
  'while the gateway is %s, lamp and menu stay on their card at every width, and it offers: %s',
  async (kind, offer) => {
    const page = await stage.open('/hello', { cookie: stage.admin })
    await page.addInitScript(bridgeOf({ kind, address: stage.portal.url }))
    await page.goto(`${stage.portal.url}/admin`)
    const card = page.locator('.gate')
    const menu = card.getByRole('button', { name: 'Steer the gateway' })
    await menu.waitFor()
    for (const width of [1024, 1119, 1120, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      const outside = await card.evaluate((element) => {
        const edges = element.getBoundingClientRect()
        return [...element.querySelectorAll('svg, button')]
          .map((each) => each.getBoundingClientRect())
          .filter(({ left, right }) => left < edges.left || right > edges.right).length
      })
      expect([width, outside]).toEqual([width, 0])
      await menu.click()
      await page.getByRole('menuitem', { name: offer }).waitFor()
      await expectSound(page)
      await takePicture(page, `console-gate-${kind}-${width}`)
      await page.keyboard.press('Escape')
    }
  },
)
