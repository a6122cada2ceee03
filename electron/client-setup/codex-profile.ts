// Codex's profile for this gateway on this machine: shown before it is written, written into a file of its own, and undone to
// what was there before. The person's own settings are another file, which is never opened.
import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { CODEX_PROFILE_FILE, codexProfile } from '../../contract/codex-profile.ts'
import type { DesktopInput, DesktopOutput } from '../../contract/desktop.ts'
import { FileProblemError, readPlainFile, removePlainFile, replacePlainFile } from './plain-file.ts'

type View = DesktopOutput<'desktop.codexProfile'>
type Changed = DesktopOutput<'desktop.undoCodexProfile'>

export interface CodexProfile {
  view(model: string): View
  write(input: DesktopInput<'desktop.writeCodexProfile'>): Changed
  undo(): Changed
}

interface CodexProfileParts {
  /** Codex's own folder. */
  readonly codexDir: string
  /** Where the backup is kept. */
  readonly backupFile: string
  /** With its `/v1`; throws where the gateway does not run. */
  readonly baseUrl: () => string
}

/** As Codex finds it: https://developers.openai.com/codex/config-advanced */
export const codexDirOf = (env: Readonly<Record<string, string | undefined>>): string =>
  env['CODEX_HOME'] || join(homedir(), '.codex')

/** What was there before, and what was written in its place. */
const backupShape = z.object({ path: z.string(), before: z.string().nullable(), writtenSha256: z.string() })
type Backup = z.infer<typeof backupShape>

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export function createCodexProfile({ codexDir, backupFile, baseUrl }: CodexProfileParts): CodexProfile {
  const path = join(codexDir, CODEX_PROFILE_FILE)
  const proposedFor = (model: string): string => `${codexProfile(baseUrl(), model)}\n`

  /** Undefined where there is none, or what was written has been changed since, so that undoing would lose that. */
  function backupOf(current: string | null): Backup | undefined {
    const text = readPlainFile(backupFile)
    const parsed = backupShape.safeParse(text === null ? undefined : parseJson(text))
    if (!parsed.success || parsed.data.path !== path || current === null) return undefined
    return parsed.data.writtenSha256 === sha256(current) ? parsed.data : undefined
  }
  const changing = (step: () => Changed): Changed => {
    try {
      return step()
    } catch (error) {
      if (error instanceof FileProblemError) return { outcome: error.problem }
      throw error
    }
  }

  return {
    view(model) {
      const proposed = proposedFor(model)
      try {
        const current = readPlainFile(path)
        const backup = backupOf(current)
        return { path, problem: null, current, proposed, undoing: undoingOf(backup), backupFile }
      } catch (error) {
        if (!(error instanceof FileProblemError)) throw error
        return { path, problem: error.problem, current: null, proposed, undoing: null, backupFile }
      }
    },
    write: ({ model, seen }) =>
      changing(() => {
        const current = readPlainFile(path)
        // Only what the person has seen is replaced.
        if (current !== seen) return { outcome: 'changed_meanwhile' }
        const proposed = proposedFor(model)
        const earlier = backupOf(current)
        const backup: Backup = {
          path,
          // Written twice, it is still the person's own that comes back.
          before: earlier === undefined ? current : earlier.before,
          writtenSha256: sha256(proposed),
        }
        const backupBefore = readPlainFile(backupFile)
        replacePlainFile(backupFile, JSON.stringify(backup, null, 2))
        try {
          replacePlainFile(path, proposed)
        } catch (error) {
          // The file is as it was, and so is what undoing it means.
          if (backupBefore === null) removePlainFile(backupFile)
          else replacePlainFile(backupFile, backupBefore)
          throw error
        }
        return { outcome: 'done' }
      }),
    undo: () =>
      changing(() => {
        const backup = backupOf(readPlainFile(path))
        if (backup === undefined) return { outcome: 'changed_meanwhile' }
        if (backup.before === null) removePlainFile(path)
        else replacePlainFile(path, backup.before)
        removePlainFile(backupFile)
        return { outcome: 'done' }
      }),
  }
}

function undoingOf(backup: Backup | undefined): View['undoing'] {
  if (backup === undefined) return null
  return backup.before === null ? 'removes' : 'restores'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
