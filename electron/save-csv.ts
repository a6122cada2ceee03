// A list into a file of the person's choosing. It is written beside it, and put in its place when it is whole.
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { DesktopInput, DesktopOutput } from '../contract/desktop.ts'
import type { RunningServer } from '../server/start-server.ts'
import { operatorCaller } from './operator-calls.ts'

interface SaveCsvDeps {
  readonly server: RunningServer
  /** Asks for the file; undefined where the person would rather not. */
  readonly askForPath: (suggested: string) => Promise<string | undefined>
  readonly nowMs: number
}

export async function saveCsv(
  { file, query }: DesktopInput<'desktop.saveCsv'>,
  { server, askForPath, nowMs }: SaveCsvDeps,
): Promise<DesktopOutput<'desktop.saveCsv'>> {
  const text = await server.exportCsv(file, query, operatorCaller(server))
  if (!text.ok) return { outcome: 'refused', code: text.error.code, message: text.error.message }
  const path = await askForPath(`${basename(file, '.csv')}-${new Date(nowMs).toISOString().slice(0, 10)}.csv`)
  if (path === undefined) return { outcome: 'cancelled' }
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  try {
    await pipeline(Readable.from(text.parts), createWriteStream(beside, { flags: 'wx' }))
    await rename(beside, path)
    return { outcome: 'saved', path }
  } catch (error) {
    return {
      outcome: 'failed',
      code: 'failed',
      message: error instanceof Error ? error.message : String(error),
    }
  } finally {
    await rm(beside, { force: true })
  }
}
