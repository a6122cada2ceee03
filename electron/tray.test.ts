// What a press on the icon does, where the system opens the menu for the same press.
import { expect, onTestFinished, test, vi } from 'vitest'
import { IDLE } from './activity.ts'
import { showTray } from './tray.ts'
import type { TrayActions, TrayFacts } from './tray-menu.ts'
import { wordsIn } from './words.ts'

const { trays } = vi.hoisted(() => ({ trays: [] as { emit(event: string): boolean }[] }))
vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events')
  class Tray extends EventEmitter {
    setImage = () => undefined
    setToolTip = () => undefined
    setContextMenu = () => undefined
    constructor() {
      super()
      trays.push(this)
    }
  }
  const image = { setTemplateImage: () => undefined }
  return { Tray, Menu: { buildFromTemplate: () => ({}) }, nativeImage: { createFromPath: () => image } }
})

const facts: TrayFacts = {
  gateway: { kind: 'stopped' },
  networkAddress: undefined,
  activity: IDLE,
  isPaused: false,
  isOpenToNetwork: false,
  mayChangeNetwork: true,
  startsAtLogin: false,
  update: { kind: 'none' },
}

test.each([
  ['win32', 1],
  // The menu opens, and a window in front of it would be in the way.
  ['darwin', 0],
] as const)('on %s a press opens the console %i times', (platform, times) => {
  vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }))
  onTestFinished(() => void vi.unstubAllGlobals())
  const openConsole = vi.fn<() => void>()
  // The others are items of the menu, which nobody presses here.
  const actions = { openConsole } as unknown as TrayActions
  showTray({ iconsDir: 'icons', facts: () => facts, say: () => wordsIn('en'), actions })
  trays.at(-1)?.emit('click')
  expect(openConsole).toHaveBeenCalledTimes(times)
})
