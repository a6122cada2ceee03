// Fills a data folder with people, keys and usage rows, so that a gateway can be measured that has been in use for years.
import { join } from 'node:path'
import { startChild } from './child.ts'

const SEED = join(import.meta.dirname, '..', '..', 'scripts', 'seed.ts')

export interface Amounts {
  readonly users: number
  readonly keys: number
  readonly rows: number
}

/** The folder has no administrator yet: the gateway that is started on it completes its set-up. */
export async function fillDataDir(dataDir: string, { users, keys, rows }: Amounts): Promise<void> {
  const amounts = ['--users', String(users), '--keys', String(keys), '--rows', String(rows)]
  await startChild(process.execPath, [SEED, '--data-dir', dataDir, ...amounts], { core: 'load' }).ended()
}
