// The updater of packages that were built with a feed: electron-updater, whose configuration lies beside the archive. What it
// downloads is held to the hash that the feed names, and on Windows and macOS to the signature of the app that runs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import type { Logger } from '../../server/ports.ts'
import type { Updater, UpdaterNews } from './updater.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Whether this copy was built with a feed, and is one that can be replaced: not a portable program, whose file is elsewhere. */
export function hasFeed(isPackaged: boolean, resourcesDir: string | undefined, env: Environment): boolean {
  if (!isPackaged || resourcesDir === undefined || env['PORTABLE_EXECUTABLE_FILE'] !== undefined) return false
  return existsSync(join(resourcesDir, 'app-update.yml'))
}

/** Loaded where there is a feed alone: without one, nothing of it runs. */
export async function createElectronUpdater(
  logger: Logger,
  platform: NodeJS.Platform,
  env: Environment,
): Promise<Updater> {
  const { autoUpdater } = await import('electron-updater')
  const listeners: ((news: UpdaterNews) => void)[] = []
  const tell = (news: UpdaterNews) => {
    for (const listener of listeners) listener(news)
  }
  const log = logger.child({ part: 'updater' })
  autoUpdater.logger = {
    info: (message) => log.info(String(message)),
    warn: (message) => log.warn(String(message)),
    error: (message) => log.error(String(message)),
    debug: (message) => log.debug(message),
  }
  // What a package of the system installs asks for a password, which nobody expects of an app that they quit.
  autoUpdater.autoInstallOnAppQuit = platform !== 'linux' || env['APPIMAGE'] !== undefined

  let version = ''
  autoUpdater.on('update-not-available', () => tell({ kind: 'newest' }))
  autoUpdater.on('update-available', (found) => {
    version = found.version
    tell({ kind: 'downloading', version, percent: 0 })
  })
  autoUpdater.on('download-progress', ({ percent }) =>
    tell({ kind: 'downloading', version, percent: Math.floor(percent) }),
  )
  autoUpdater.on('update-downloaded', (downloaded) => tell({ kind: 'ready', version: downloaded.version }))
  autoUpdater.on('error', (error) => tell({ kind: 'failed', message: firstLine(error) }))

  return {
    async check() {
      // Its event has told of an error before its promise does.
      const found = await autoUpdater.checkForUpdates().catch(() => undefined)
      found?.downloadPromise?.catch(() => undefined)
      // It does not look where it cannot replace what runs, such as an AppImage that was unpacked.
      if (found === null)
        tell({ kind: 'failed', message: 'This copy of the app cannot be replaced by itself.' })
    },
    onNews: (listener) => void listeners.push(listener),
    install() {
      let hasFailed = false
      const note = () => {
        hasFailed = true
      }
      autoUpdater.once('error', note)
      // The new app starts before this one has ended, and would take it for a second one.
      app.releaseSingleInstanceLock()
      autoUpdater.quitAndInstall(true, true)
      autoUpdater.off('error', note)
      if (hasFailed) app.requestSingleInstanceLock()
      return !hasFailed
    },
    keepVersion() {
      autoUpdater.autoInstallOnAppQuit = false
    },
  }
}

/** The rest are headers and stacks, and in the log. */
const firstLine = ({ message }: Error): string => message.split('\n')[0]?.slice(0, 300) ?? ''
