// Ports for a server inside a test: the real clock, ids and secret file, and a log that is kept in memory and searched.
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { createEncryptedSecretFile } from '../../../server/host/encrypted-secret-file.ts'
import { createSystemClock } from '../../../server/host/system-clock.ts'
import { createSystemIds } from '../../../server/host/system-ids.ts'
import type { Clock, Ports } from '../../../server/ports.ts'

export class MemoryLog extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }

  lines(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }
}

export function testPorts(
  dataDir: string,
  log: MemoryLog,
  clock: Clock = createSystemClock(),
): { ports: Ports; told: string[] } {
  const told: string[] = []
  const ids = createSystemIds()
  const ports: Ports = {
    clock,
    ids,
    secrets: createEncryptedSecretFile(dataDir, ids),
    logger: pino({ level: 'debug' }, log),
    tell: (text) => void told.push(text),
  }
  return { ports, told }
}
