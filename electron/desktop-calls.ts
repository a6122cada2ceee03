// What the window's calls of the app itself do. The gateway's own operations are none of them: these work while it stands still.
import type { DesktopInput, DesktopView } from '../contract/desktop.ts'
import type { GatewayActions } from './gateway-actions.ts'
import type { GatewayControl } from './gateway-control.ts'
import type { DesktopHandlers } from './ipc-door.ts'
import { startAtLogin } from './login-item.ts'
import type { PreferenceStore } from './preferences.ts'

interface DesktopCallDeps {
  readonly control: GatewayControl
  readonly actions: GatewayActions
  readonly preferences: PreferenceStore
  readonly noteAppearance: (looks: DesktopInput<'desktop.noteAppearance'>) => void
  /** Where it would listen now. */
  readonly wanted: () => { readonly host: string; readonly port: number }
  readonly isGiven: DesktopView['isGiven']
  /** Told after something changed that no state of the gateway tells. */
  readonly changed: () => void
}

export function createDesktopHandlers(deps: DesktopCallDeps): DesktopHandlers {
  const { control, actions, preferences, wanted, isGiven, changed } = deps

  function view(): DesktopView {
    const { isOpenToNetwork, startsAtLogin } = preferences.get()
    const server = control.server()
    return {
      gateway: control.state(),
      isPaused: server?.isPaused() ?? false,
      inFlight: server?.inFlight() ?? 0,
      port: wanted().port,
      isOpenToNetwork,
      startsAtLogin,
      isGiven,
    }
  }
  const viewAfter = async (step: Promise<unknown>): Promise<DesktopView> => {
    await step
    return view()
  }

  return {
    'desktop.noteAppearance': (looks) => {
      deps.noteAppearance(looks)
      return {}
    },
    'desktop.get': view,
    // Not the action of the tray: the window says itself what is in the way.
    'desktop.start': () => viewAfter(control.start()),
    'desktop.stop': () => viewAfter(actions.stop()),
    'desktop.restart': async () => viewAfter((await actions.stop()) ? control.start() : Promise.resolve()),
    'desktop.pause': ({ isPaused }) => {
      control.server()?.pause(isPaused)
      changed()
      return view()
    },
    'desktop.listen': (listening) => actions.listenAt(listening),
    'desktop.startAtLogin': ({ isOn }) => {
      startAtLogin(isOn)
      preferences.update({ startsAtLogin: isOn })
      return view()
    },
  }
}
