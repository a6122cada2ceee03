// How many files one person may keep at the upstream, where the operator pays for them: those that are kept, those that are
// announced, and those that are just being put in, of which the upstream has not answered yet.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Settings } from '../../../contract/settings.ts'
import type { FilesRepository } from '../../db/repositories/files.ts'
import type { Clock } from '../../ports.ts'

interface FilePlace {
  /** Gives it back: called when the file is kept, or will not be. */
  release(): void
}

export interface FileRoom {
  /** A place for one more file of so many bytes, or why there is none. */
  take(userId: string, bytes: number): Result<FilePlace, Refusal>
}

interface Coming {
  readonly userId: string
  readonly bytes: number
}

export function createFileRoom({
  files,
  clock,
  settings,
}: {
  readonly files: Pick<FilesRepository, 'usedBy'>
  readonly clock: Pick<Clock, 'now'>
  readonly settings: { current(): Pick<Settings, 'filesPerUserMax' | 'fileBytesPerUserMax'> }
}): FileRoom {
  const coming = new Set<Coming>()

  return {
    take(userId, bytes) {
      const kept = files.usedBy(userId, clock.now())
      const others = [...coming].filter((other) => other.userId === userId)
      const used = {
        files: kept.files + others.length,
        bytes: others.reduce((sum, other) => sum + other.bytes, kept.bytes),
      }
      const { filesPerUserMax: maxFiles, fileBytesPerUserMax: maxBytes } = settings.current()
      if (used.files >= maxFiles || used.bytes + bytes > maxBytes)
        return fail(refusal('file_limit_exceeded', { ...used, maxFiles, maxBytes }))
      const place = { userId, bytes }
      coming.add(place)
      return ok({ release: () => void coming.delete(place) })
    },
  }
}
