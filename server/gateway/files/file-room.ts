// How many files one person may keep at the upstream, where the operator pays for them: those that are kept, those that are
// announced, and those that are just being put in, of which the upstream has not answered yet. And what of an announced one
// may still come.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Settings } from '../../../contract/settings.ts'
import type { FilesRepository, FileUploadRow } from '../../db/repositories/files.ts'
import type { Clock } from '../../ports.ts'
import { invalidParameter } from '../walk.ts'

interface FilePlace {
  /** Gives it back: called when the file is kept, or will not be. */
  release(): void
}

export interface FileRoom {
  /** A place for one more file of so many bytes, or why there is none. */
  take(userId: string, bytes: number): Result<FilePlace, Refusal>
  /** A place for one more part of an upload, within what was announced, or why there is none. */
  takePart(upload: FileUploadRow, bytes: number): Result<PartPlace, Refusal>
}

interface PartPlace extends FilePlace {
  /**
   * Nobody knows whether the upstream has the part: it may be sent once more, and takes from the room of its person until the
   * upload expires at the upstream. Called instead of `release`.
   */
  lose(): void
}

interface LostPart {
  readonly userId: string
  readonly bytes: number
  readonly expiresAt: number
}

interface Coming {
  readonly userId: string
  readonly bytes: number
}

interface ComingPart {
  readonly uploadId: string
  readonly bytes: number
}

export function createFileRoom({
  files,
  clock,
  settings,
}: {
  readonly files: Pick<FilesRepository, 'usedBy' | 'findUpload'>
  readonly clock: Pick<Clock, 'now'>
  readonly settings: { current(): Pick<Settings, 'filesPerUserMax' | 'fileBytesPerUserMax'> }
}): FileRoom {
  const coming = new Set<Coming>()
  const comingParts = new Set<ComingPart>()
  const lostParts = new Set<LostPart>()

  function lostBytesOf(userId: string, now: number): number {
    let bytes = 0
    for (const lost of lostParts) {
      if (lost.expiresAt <= now) lostParts.delete(lost)
      else if (lost.userId === userId) bytes += lost.bytes
    }
    return bytes
  }

  return {
    take(userId, bytes) {
      const now = clock.now()
      const kept = files.usedBy(userId, now)
      const others = [...coming].filter((other) => other.userId === userId)
      const used = {
        files: kept.files + others.length,
        bytes: others.reduce((sum, other) => sum + other.bytes, kept.bytes + lostBytesOf(userId, now)),
      }
      const { filesPerUserMax: maxFiles, fileBytesPerUserMax: maxBytes } = settings.current()
      if (used.files >= maxFiles || used.bytes + bytes > maxBytes)
        return fail(refusal('file_limit_exceeded', { ...used, maxFiles, maxBytes }))
      const place = { userId, bytes }
      coming.add(place)
      return ok({ release: () => void coming.delete(place) })
    },
    takePart({ id: uploadId, userId, bytes: announced, partBytes, expiresAt }, bytes) {
      const now = clock.now()
      // Others may have been kept since the row was read; of an upload that is over, the upstream says so.
      let used = files.findUpload(uploadId, now)?.partBytes ?? partBytes
      for (const other of comingParts) if (other.uploadId === uploadId) used += other.bytes
      if (used + bytes > announced)
        return fail(invalidParameter('data', `the upload was announced with ${announced} bytes.`))
      const lostBytes = lostBytesOf(userId, now)
      if (lostBytes > 0) {
        const kept = files.usedBy(userId, now)
        const { filesPerUserMax: maxFiles, fileBytesPerUserMax: maxBytes } = settings.current()
        const taken = { files: kept.files, bytes: kept.bytes + lostBytes }
        if (taken.bytes > maxBytes)
          return fail(refusal('file_limit_exceeded', { ...taken, maxFiles, maxBytes }))
      }
      const part = { uploadId, bytes }
      comingParts.add(part)
      const release = () => void comingParts.delete(part)
      return ok({
        release,
        lose() {
          release()
          lostParts.add({ userId, bytes, expiresAt })
        },
      })
    },
  }
}
