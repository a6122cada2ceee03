// The desktop app's start, in order. What each line does is decided in the file that it comes from.
import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, powerSaveBlocker, session, shell } from 'electron'
import { makeEverythingYoung } from '../server/host/young-memory.ts'
import { startServer } from '../server/start-server.ts'
import { showAppMenu } from './app-menu.ts'
import { registerAppScheme, serveConsole } from './app-protocol.ts'
import { followAppearance } from './appearance.ts'
import { stayAwake } from './awake.ts'
import { setSwitches } from './chromium-switches.ts'
import { listConsoleFiles } from './console-files.ts'
import { createConsoleWindow } from './console-window.ts'
import { endOnDefects } from './defects.ts'
import { createDesktopHandlers } from './desktop-calls.ts'
import { askForSecretFile, tellLoginProblem, tellNoBrowser, tellUpdate } from './dialogs.ts'
import { endFailedStart } from './failed-start.ts'
import { startProblemOf } from './free-port.ts'
import { createGatewayActions } from './gateway-actions.ts'
import { createGatewayControl } from './gateway-control.ts'
import { followGateway } from './gateway-events.ts'
import { guardPages, guardSession } from './guards.ts'
import { introduceApp } from './introduction.ts'
import { openIpcDoor } from './ipc-door.ts'
import { createKeychain } from './keychain.ts'
import { asksForNoWindow, createLoginItem, isHiddenStart, keepLoginItem } from './login-item.ts'
import { createMenuActions } from './menu-actions.ts'
import { watchNetwork } from './network-watch.ts'
import { notifyOperator } from './notifications.ts'
import { createPorts, logsDirOf, withSecrets } from './ports.ts'
import { createPreferences } from './preferences.ts'
import { quitInOrder } from './quit.ts'
import { chooseSecretPlace } from './secret-place.ts'
import { followSleep } from './sleep.ts'
import { desktopConfig, givenByEnvironment } from './start-config.ts'
import { trustSystemAuthorities } from './system-authorities.ts'
import { showTray } from './tray.ts'
import { createElectronUpdater, hasFeed } from './updates/electron-updater.ts'
import { watchUpdates } from './updates/watch-updates.ts'

// Everything in the data folder is for its owner only.
process.umask(0o077)
makeEverythingYoung()
// A terminal that is closed takes what is printed with it, and not the app.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
try {
  begin()
} catch (error) {
  endFailedStart(error)
}

/** What has to be said before the app is ready. */
function begin(): void {
  const { dataDir } = desktopConfig(process.env, process.platform)
  // Beside the gateway's files, and not among them: this folder is the browser's own.
  const desktopDir = join(dataDir, 'desktop')
  mkdirSync(desktopDir, { recursive: true })
  // Electron takes a folder that it cannot write to for an app that runs already, and this one would end without a word.
  accessSync(desktopDir, constants.W_OK)
  app.setPath('userData', desktopDir)
  app.enableSandbox()
  setSwitches()
  registerAppScheme()
  const isFirst = app.requestSingleInstanceLock()
  if (isFirst) void app.whenReady().then(() => boot(dataDir).catch(endFailedStart))
  else app.quit()
}

async function boot(dataDir: string): Promise<void> {
  introduceApp()
  const ports = await createPorts(dataDir)
  const preferences = createPreferences(app.getPath('userData'), ports.logger)
  const { say, note } = followAppearance(preferences)
  trustSystemAuthorities(ports.logger)
  keepLoginItem(ports.logger)
  const loginItem = createLoginItem(ports.logger)
  const wanted = () => desktopConfig(process.env, process.platform, preferences.get())

  const secrets = await chooseSecretPlace({
    preferences,
    keychain: createKeychain(dataDir),
    dataDir,
    ids: ports.ids,
    offerFile: (problem) => askForSecretFile(say(), problem),
  })
  if (secrets === undefined) return app.exit(0)

  const gateway = createGatewayControl(
    () => startServer(wanted(), withSecrets(ports, secrets)),
    (error) => startProblemOf(error, wanted()),
  )
  const isGiven = givenByEnvironment(process.env)
  const actions = createGatewayActions({ control: gateway, preferences, say, wanted, isGiven })
  endOnDefects({ actions, logger: ports.logger, say, logsDir: logsDirOf(dataDir) })
  const events = followGateway(gateway, ports.clock)
  guardSession(session.defaultSession)
  const openInBrowser = (url: string) => void shell.openExternal(url).catch(() => tellNoBrowser(say(), url))
  guardPages({ address: () => gateway.server()?.addresses[0], openInBrowser })
  serveConsole(listConsoleFiles(join(app.getAppPath(), 'dist', 'renderer', 'console')))
  const network = watchNetwork(gateway, events, ports.logger)
  const window = createConsoleWindow({ preferences, gateway, clock: ports.clock, logger: ports.logger })
  const tellWindow = () => window.push([{ type: 'desktop.changed' }])
  const { platform, env } = process
  const updater = hasFeed(app.isPackaged, process.resourcesPath, env)
    ? await createElectronUpdater(ports.logger, platform, env)
    : undefined
  const updates = watchUpdates({ updater, preferences, clock: ports.clock })
  const quit = quitInOrder({ gateway, actions, window, updates, logger: ports.logger })
  const installUpdate = () => quit.toInstall(updates.install)
  const version = app.getVersion()
  const desktop = createDesktopHandlers({
    control: gateway,
    actions,
    preferences,
    loginItem,
    noteAppearance: note,
    wanted,
    version,
    updates,
    installUpdate,
    isGiven,
    dataDir,
    clock: ports.clock,
    changed: () => menus.noteAnswer(),
  })
  openIpcDoor({ server: gateway.server, desktop })
  events.onEvents((happened) => window.push(happened))
  gateway.onChange(tellWindow)
  network.onChange(() => window.push([{ type: 'desktop.network_changed' }]))
  events.onActivity(tellWindow)
  preferences.onChange(tellWindow)
  loginItem.onChange(tellWindow)
  updates.onChange(tellWindow)

  const sleep = followSleep({
    control: gateway,
    actions,
    slept: (inFlight) => notices.slept(inFlight),
    changed: () => menus.noteAnswer(),
  })
  const menus = createMenuActions({
    gateway,
    actions,
    preferences,
    loginItem,
    window,
    network,
    sleep,
    updates,
    tellUpdate: (state) => void tellUpdate(say(), state, version),
    tellLoginProblem: (message) => void tellLoginProblem(say(), message),
    installUpdate,
    openInBrowser,
  })
  const tray = showTray({
    iconsDir: join(app.getAppPath(), 'build', 'tray'),
    facts: () => menus.facts(events.activity(), !isGiven.host),
    say,
    actions: menus,
  })
  gateway.onChange(tray.draw)
  events.onActivity(tray.draw)
  network.onChange(tray.draw)
  preferences.onChange(tray.draw)
  loginItem.onChange(tray.draw)
  updates.onChange(tray.draw)
  menus.onAnswered(tray.drawAnew)
  menus.onAnswered(tellWindow)
  const drawAppMenu = () => showAppMenu(say(), gateway.state(), updates.state(), menus)
  drawAppMenu()
  gateway.onChange(drawAppMenu)
  preferences.onChange(drawAppMenu)
  updates.onChange(drawAppMenu)

  stayAwake(events, powerSaveBlocker)
  const notices = notifyOperator({ events, updates, say, openConsole: menus.openConsole })
  app.on('second-instance', (_event, argv) => {
    if (!asksForNoWindow(argv)) menus.openConsole()
  })
  // Whoever comes back from the settings of the system may have changed it there.
  app.on('browser-window-focus', loginItem.look)
  app.on('activate', menus.openConsole)

  await actions.start()
  if (!isHiddenStart(process.argv)) await window.show()
}
