// What the items of the tray and of the menu bar do.
import { app, clipboard } from 'electron'
import type { UpdateState } from '../contract/desktop.ts'
import type { Activity } from './activity.ts'
import type { ConsoleWindow } from './console-window.ts'
import type { GatewayActions } from './gateway-actions.ts'
import type { GatewayControl } from './gateway-control.ts'
import type { LoginItem } from './login-item.ts'
import type { NetworkWatch } from './network-watch.ts'
import type { PreferenceStore } from './preferences.ts'
import type { Sleep } from './sleep.ts'
import type { TrayActions, TrayFacts } from './tray-menu.ts'
import type { Updates } from './updates/watch-updates.ts'

interface MenuActionDeps {
  readonly gateway: GatewayControl
  readonly actions: GatewayActions
  readonly preferences: Pick<PreferenceStore, 'get'>
  readonly loginItem: Pick<LoginItem, 'isOn' | 'set'>
  readonly window: Pick<ConsoleWindow, 'show'>
  readonly network: Pick<NetworkWatch, 'address'>
  readonly sleep: Sleep
  readonly updates: Updates
  /** Shows a person what came of looking for a newer version. */
  readonly tellUpdate: (state: UpdateState) => void
  /** Shows a person why the system did not take what starts at login. */
  readonly tellLoginProblem: (message: string) => void
  readonly installUpdate: () => Promise<void>
  readonly openInBrowser: (url: string) => void
}

export interface MenuActions extends TrayActions {
  facts(activity: Activity, mayChangeNetwork: boolean): TrayFacts
  /** Told after an item that is ticked or not has done what it does, or has not. */
  onAnswered(listener: () => void): void
  /** Something that an item shows was changed in the window. */
  noteAnswer(): void
}

export function createMenuActions({
  gateway,
  actions,
  preferences,
  loginItem,
  window,
  network,
  sleep,
  updates,
  tellUpdate,
  tellLoginProblem,
  installUpdate,
  openInBrowser,
}: MenuActionDeps): MenuActions {
  const listeners: (() => void)[] = []
  const answered = () => {
    for (const listener of listeners) listener()
  }
  const address = () => gateway.server()?.addresses[0]
  return {
    openConsole: () => void window.show(),
    openPortal() {
      const base = address()
      if (base !== undefined) openInBrowser(base)
    },
    copyAddress() {
      // What clients are set up with: those of other machines, too, where they may come.
      const base = network.address() ?? address()
      if (base !== undefined) clipboard.writeText(`${base}/v1`)
    },
    start: () => void actions.start(),
    stop: () => void actions.stop(),
    restart: () => void actions.restart(),
    stopUntilAwake: () => void sleep.stopUntilAwake(),
    pause(isPaused) {
      gateway.server()?.pause(isPaused)
      answered()
    },
    openToNetwork: (isOpenToNetwork) => void actions.openToNetwork(isOpenToNetwork).finally(answered),
    startAtLogin(isOn) {
      try {
        loginItem.set(isOn)
      } catch (error) {
        // A folder of the system that cannot be written to is no reason to end.
        tellLoginProblem(error instanceof Error ? error.message : String(error))
      }
      // The system may have taken it without a word and left everything as it was.
      answered()
    },
    checkForUpdate: () => void updates.check().then(tellUpdate),
    installUpdate: () => void installUpdate(),
    quit: () => app.quit(),
    facts(activity, mayChangeNetwork) {
      const { isOpenToNetwork } = preferences.get()
      const isPaused = gateway.server()?.isPaused() ?? false
      return {
        gateway: gateway.state(),
        networkAddress: network.address(),
        activity,
        isPaused,
        isOpenToNetwork,
        mayChangeNetwork,
        startsAtLogin: loginItem.isOn(),
        update: updates.state(),
      }
    },
    noteAnswer: answered,
    onAnswered: (listener) => void listeners.push(listener),
  }
}
