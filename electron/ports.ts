// What the gateway asks of its host, as the desktop app has it: logs in the data folder, secrets where they were put.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createLogFiles } from '../server/host/log-files.ts'
import { createLogReader } from '../server/host/log-reader.ts'
import { createSystemClock } from '../server/host/system-clock.ts'
import { createSystemIds } from '../server/host/system-ids.ts'
import type { Ports, SecretStore } from '../server/ports.ts'

export type PortsWithoutSecrets = Omit<Ports, 'secrets'>

export const logsDirOf = (dataDir: string): string => join(dataDir, 'logs')

export async function createPorts(dataDir: string): Promise<PortsWithoutSecrets> {
  const logsDir = logsDirOf(dataDir)
  mkdirSync(logsDir, { recursive: true, mode: 0o700 })
  const { logger, close } = await createLogFiles(logsDir)
  // However the app ends, what it said last is in the file.
  process.once('exit', close)
  return {
    clock: createSystemClock(),
    ids: createSystemIds(),
    logger,
    readLog: createLogReader(logsDir),
    // The set-up's token is for terminals. Here it is done in the window, and nobody learns the token.
    tell: () => undefined,
  }
}

export const withSecrets = (ports: PortsWithoutSecrets, secrets: SecretStore): Ports => ({
  ...ports,
  secrets,
})
