// The desktop app's start, in order. What each line does is decided in the file that it comes from.
import { join } from 'node:path'
import { app, session } from 'electron'
import { startServer } from '../server/start-server.ts'
import { registerAppScheme, serveConsole } from './app-protocol.ts'
import { followAppearance } from './appearance.ts'
import { listConsoleFiles } from './console-files.ts'
import { createConsoleWindow } from './console-window.ts'
import { askForSecretFile } from './dialogs.ts'
import { forwardEvents } from './event-forwarding.ts'
import { createGatewayControl } from './gateway-control.ts'
import { startGateway } from './gateway-starter.ts'
import { guardPages, guardSession } from './guards.ts'
import { openIpcDoor } from './ipc-door.ts'
import { createKeychain } from './keychain.ts'
import { createPorts, withSecrets } from './ports.ts'
import { createPreferences } from './preferences.ts'
import { quitInOrder } from './quit.ts'
import { chooseSecretPlace } from './secret-place.ts'
import { desktopConfig } from './start-config.ts'

// Everything in the data folder is for its owner only.
process.umask(0o077)
const { dataDir } = desktopConfig(process.env, process.platform)
// Beside the gateway's files, and not among them: this folder is the browser's own.
app.setPath('userData', join(dataDir, 'desktop'))
app.enableSandbox()
registerAppScheme()

if (app.requestSingleInstanceLock()) void app.whenReady().then(boot)
else app.quit()

async function boot(): Promise<void> {
  const preferences = createPreferences(app.getPath('userData'))
  const appearance = followAppearance(preferences)
  const ports = await createPorts(dataDir)
  const configNow = () => desktopConfig(process.env, process.platform, preferences.get())

  const secrets = await chooseSecretPlace({
    preferences,
    keychain: createKeychain(dataDir),
    dataDir,
    ids: ports.ids,
    offerFile: (problem) => askForSecretFile(appearance.say(), problem),
  })
  if (secrets === undefined) return app.exit(0)

  const gateway = createGatewayControl(() => startServer(configNow(), withSecrets(ports, secrets)))
  guardSession(session.defaultSession)
  guardPages(() => gateway.server()?.addresses[0])
  serveConsole(listConsoleFiles(join(app.getAppPath(), 'dist', 'renderer', 'console')))
  openIpcDoor({
    server: gateway.server,
    desktop: { 'desktop.noteAppearance': appearance.note },
    version: app.getVersion(),
  })
  const window = createConsoleWindow(preferences, gateway)
  forwardEvents(gateway, window, ports.clock)
  quitInOrder({ gateway, window, say: appearance.say })
  app.on('second-instance', () => void window.show())
  app.on('activate', () => void window.show())

  await startGateway({ control: gateway, preferences, say: appearance.say, wanted: configNow })
  await window.show()
}
