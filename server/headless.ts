// The host for plain Node: flags and environment in, one ready line out, and a clean end when it is told to stop.
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HELP, parseConfig, type StartConfig } from './config.ts'
import { createEncryptedSecretFile, SecretsUnreadableError } from './host/encrypted-secret-file.ts'
import { createEnvironmentSecrets } from './host/environment-secrets.ts'
import { createLogFiles, type LogFiles } from './host/log-files.ts'
import { createLogReader } from './host/log-reader.ts'
import { createSystemClock } from './host/system-clock.ts'
import { createSystemIds } from './host/system-ids.ts'
import type { Ports } from './ports.ts'
import { productVersion, type RunningServer, StartError, startServer } from './start-server.ts'

/** How long running answers may go on after the first signal; a second signal ends the wait. */
const DRAIN_MS = 60_000
/**
 * The same signal again so soon is an echo: a terminal sends Ctrl-C to everyone in it, and npm passes on the one it got.
 * Taken for a second one it would cut off answers that someone pays for.
 */
const ECHO_MS = 1_000

const tell = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

async function main(): Promise<void> {
  // Everything in the data folder is for its owner only, whatever the terminal's own mask says.
  process.umask(0o077)
  // Nobody reading stdout or stderr any more is no reason to stop serving.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

  const parsed = parseConfig({ argv: process.argv.slice(2), env: process.env, platform: process.platform })
  if (!parsed.ok) return exitWith(2, parsed.error)
  if (parsed.value.kind === 'help') return void process.stdout.write(HELP)
  if (parsed.value.kind === 'version') {
    return void process.stdout.write(`${productVersion()}\n`)
  }
  await run(parsed.value.config)
}

async function run(config: StartConfig): Promise<void> {
  const log = await openLog(config.dataDir)
  process.on('uncaughtException', (error) => {
    log.logger.error({ err: error }, 'a defect ended the process')
    log.close()
    exitWith(1, 'Codex Gateway stopped because of a defect; its log has the details.')
  })
  const server = await startServer(config, toPorts(config, log)).catch((error: unknown) => {
    log.close()
    if (error instanceof StartError) return exitWith(error.exitCode, error.message)
    if (error instanceof SecretsUnreadableError) return exitWith(1, error.message)
    throw error
  })
  stopOnSignals(server, log)
  process.stdout.write(`codex-gateway ready ${server.addresses[0]}\n`)
}

const logsDirOf = (dataDir: string): string => join(dataDir, 'logs')

/** One after the other: Node's own `recursive` never ends where a folder that is there takes no other (`/proc`). */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(path)) throw error
  }
}

async function openLog(dataDir: string): Promise<LogFiles> {
  try {
    makeFolder(dataDir)
    return await createLogFiles(logsDirOf(dataDir))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return exitWith(
      1,
      `The data folder ${dataDir} cannot be used: ${reason}. Choose another one with --data-dir.`,
    )
  }
}

function toPorts(config: StartConfig, { logger }: LogFiles): Ports {
  const ids = createSystemIds()
  const secrets = createEnvironmentSecrets(
    { 'upstream-key': config.upstream.apiKey },
    createEncryptedSecretFile(config.dataDir, ids),
  )
  return {
    clock: createSystemClock(),
    ids,
    secrets,
    logger,
    readLog: createLogReader(logsDirOf(config.dataDir)),
    tell,
  }
}

function stopOnSignals(server: RunningServer, log: LogFiles): void {
  let signals = 0
  let last = { signal: '', at: 0 }
  const onSignal = async (signal: string): Promise<void> => {
    const at = performance.now()
    const isEcho = signal === last.signal && at - last.at < ECHO_MS
    last = { signal, at }
    if (isEcho) return
    signals += 1
    if (signals > 2) exitWith(1, 'Stopped without waiting.')
    const running = server.inFlight()
    if (signals === 1 && running > 0) {
      tell(
        `${signal}: finishing ${running} running request(s), at most ${DRAIN_MS / 1000} s. Again to stop at once.`,
      )
    }
    log.logger.info({ signal, inFlight: running }, 'stopping')
    let exitCode = 0
    try {
      await server.stop({ drainMs: signals === 1 ? DRAIN_MS : 0 })
      log.logger.info('stopped')
    } catch (error) {
      log.logger.error({ err: error }, 'stopping failed')
      exitCode = 1
    }
    log.close()
    process.exit(exitCode)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void onSignal(signal))
}

function exitWith(code: 1 | 2, message: string): never {
  // Written in one synchronous call: process.exit does not wait for a pipe.
  process.stderr.write(`codex-gateway: ${message}\n`)
  process.exit(code)
}

/**
 * Settles once the server runs, or has said why it does not. For whoever begins it to wait for, and not for this module: what is
 * loaded while it starts may import the file that this is in, and would wait for that in turn.
 */
export const started = main()
