// What the window's calls of the app itself do. The gateway's own operations are none of them: these work while it stands still.
import { join } from 'node:path'
import { z } from 'zod'
import type { DesktopInput, DesktopView, SelfTestCheck } from '../contract/desktop.ts'
import type { Clock } from '../server/ports.ts'
import type { RunningServer } from '../server/start-server.ts'
import { codexDirOf, createCodexProfile } from './client-setup/codex-profile.ts'
import { runSelfTest } from './client-setup/self-test.ts'
import { withTemporaryKey } from './client-setup/temporary-key.ts'
import { askForFile } from './dialogs.ts'
import type { GatewayActions } from './gateway-actions.ts'
import type { GatewayControl } from './gateway-control.ts'
import type { DesktopHandlers } from './ipc-door.ts'
import type { LoginItem } from './login-item.ts'
import { askAsOperator } from './operator-calls.ts'
import type { PreferenceStore } from './preferences.ts'
import { saveCsv } from './save-csv.ts'
import type { Updates } from './updates/watch-updates.ts'

interface DesktopCallDeps {
  readonly control: GatewayControl
  readonly actions: GatewayActions
  readonly preferences: PreferenceStore
  readonly loginItem: Pick<LoginItem, 'isOn' | 'set'>
  readonly noteAppearance: (looks: DesktopInput<'desktop.noteAppearance'>) => void
  /** Where it would listen now. */
  readonly wanted: () => { readonly host: string; readonly port: number }
  readonly version: string
  readonly updates: Updates
  readonly installUpdate: () => Promise<void>
  readonly isGiven: DesktopView['isGiven']
  readonly dataDir: string
  readonly clock: Pick<Clock, 'now'>
  /** Told after something changed that no state of the gateway tells. */
  readonly changed: () => void
}

const heartbeatOf = z.object({ heartbeatSeconds: z.int() })
/** Shown in the list of keys while it lives, and in the audit. */
const SELF_TEST_KEY = 'Self-test'

export function createDesktopHandlers(deps: DesktopCallDeps): DesktopHandlers {
  const { control, actions, preferences, loginItem, wanted, isGiven, changed, updates } = deps

  function view(): DesktopView {
    const { isOpenToNetwork, looksForUpdates } = preferences.get()
    const server = control.server()
    return {
      gateway: control.state(),
      isPaused: server?.isPaused() ?? false,
      inFlight: server?.inFlight() ?? 0,
      port: wanted().port,
      isOpenToNetwork,
      startsAtLogin: loginItem.isOn(),
      version: deps.version,
      update: updates.state(),
      looksForUpdates,
      isGiven,
    }
  }
  const viewAfter = async (step: Promise<unknown>): Promise<DesktopView> => {
    await step
    return view()
  }
  const running = (): RunningServer => {
    const server = control.server()
    if (server === undefined) throw new Error('The gateway is not running.')
    return server
  }
  const baseUrl = () => `${running().addresses[0]}/v1`
  const profile = createCodexProfile({
    codexDir: codexDirOf(process.env),
    backupFile: join(deps.dataDir, 'desktop', 'codex-profile.json'),
    baseUrl,
  })
  async function selfTest(model: string): Promise<readonly SelfTestCheck[]> {
    const ask = (name: string, input: unknown) => askAsOperator(running(), name, input)
    const settings = await ask('settings.get', {})
    if (!settings.ok) throw new Error(settings.error.message)
    const { heartbeatSeconds } = heartbeatOf.parse(settings.data)
    const purpose = { name: SELF_TEST_KEY, model, nowMs: deps.clock.now() }
    return withTemporaryKey(ask, purpose, (key) =>
      runSelfTest({ baseUrl: baseUrl(), key, model, heartbeatSeconds }),
    )
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
      loginItem.set(isOn)
      return view()
    },
    'desktop.lookForUpdates': ({ isOn }) => {
      preferences.update({ looksForUpdates: isOn })
      return view()
    },
    'desktop.checkForUpdate': () => viewAfter(updates.check()),
    'desktop.installUpdate': () => viewAfter(deps.installUpdate()),
    'desktop.saveCsv': (input) =>
      saveCsv(input, { server: running(), askForPath: askForFile, nowMs: deps.clock.now() }),
    'desktop.codexProfile': ({ model }) => profile.view(model),
    'desktop.writeCodexProfile': profile.write,
    'desktop.undoCodexProfile': profile.undo,
    'desktop.selfTest': async ({ model }) => ({ checks: [...(await selfTest(model))] }),
  }
}
