// A form on its way in: written to disk as it came, understood while it passes, and bounded in bytes, in pieces and in time.
// A disk that is slow, or a sender that is fast, makes the other wait.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, type Result } from '../../../contract/result.ts'
import type { ClientRequest } from '../../wire/client-exchange.ts'
import { ArrivalPace } from '../arrival-pace.ts'
import type { ArrivalBounds, ReadProblem } from '../body-arrival.ts'
import { type FileWatcher, type FormContent, FormScan } from './form-scan.ts'
import type { SpoolFile } from './upload-spool.ts'

/** How much of a refused form is let pass by unread before its connection is ended. */
const BYTES_PASSED_BY_MAX = 1024 * 1024 * 1024
const RETRY_AFTER_MS = 1_000

export const noRoom = (): Refusal =>
  refusal('upload_limit_exceeded', undefined, { retryAfterMs: RETRY_AFTER_MS })
export const diskFailed = (): Refusal => refusal('storage_unavailable', undefined, { retryAfterMs: 5_000 })

export interface ArrivingUpload {
  readonly req: ClientRequest
  readonly bounds: ArrivalBounds
  readonly boundary: string
  readonly file: SpoolFile
  readonly watch: (name: string) => FileWatcher | undefined
}

/** Resolves once, with what the form says, why it is refused, or that nobody waits any more. */
export function uploadOf(arriving: ArrivingUpload): Promise<Result<FormContent, ReadProblem>> {
  return new Promise((resolve) => new Arrival(arriving, resolve))
}

class Arrival {
  readonly #arriving: ArrivingUpload
  readonly #resolve: (result: Result<FormContent, ReadProblem>) => void
  readonly #scan: FormScan
  readonly #pace: ArrivalPace
  #bytes = 0
  #hasEnded = false
  #isOver = false
  /** Pieces are written one behind the other. */
  #writing: Promise<void> = Promise.resolve()

  constructor(arriving: ArrivingUpload, resolve: (result: Result<FormContent, ReadProblem>) => void) {
    this.#arriving = arriving
    this.#resolve = resolve
    this.#scan = new FormScan(arriving.boundary, arriving.watch)
    this.#pace = new ArrivalPace(arriving.bounds, () => this.#refuse(refusal('request_timeout')))
    const { req } = arriving
    req.on('data', (piece: Buffer) => this.#piece(piece))
    req.on('end', () => this.#end())
    req.on('error', () => this.#left())
    req.on('close', () => this.#left())
  }

  #piece(piece: Buffer): void {
    const { req, bounds, file } = this.#arriving
    this.#bytes += piece.length
    if (this.#isOver) {
      if (this.#bytes > BYTES_PASSED_BY_MAX) req.destroy()
      return
    }
    if (this.#bytes > bounds.bytesMax) {
      this.#refuse(refusal('request_too_large', { maxBytes: bounds.bytesMax }))
      return
    }
    const refused = this.#pace.piece(piece.length) ?? this.#scan.push(piece)
    if (refused) this.#refuse(refused)
    else if (!file.grow(this.#bytes)) this.#refuse(noRoom())
    else this.#write(piece)
  }

  #write(piece: Buffer): void {
    const { req, file } = this.#arriving
    req.pause()
    this.#pace.pause()
    this.#writing = file.write(piece).then(
      () => {
        this.#pace.resume()
        req.resume()
      },
      () => this.#refuse(diskFailed()),
    )
  }

  #end(): void {
    this.#hasEnded = true
    this.#pace.stop()
    if (this.#isOver) return
    void this.#writing.then(() => this.#finish(this.#scan.end()))
  }

  #left(): void {
    if (!this.#hasEnded) this.#finish(fail('client_left'))
  }

  #refuse(refused: Refusal): void {
    this.#finish(fail(refused))
  }

  #finish(result: Result<FormContent, ReadProblem>): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#pace.stop()
    // Whoever gets the answer may delete the file, so nothing may be on its way there any more.
    void this.#writing.then(() => this.#resolve(result))
    if (!result.ok) this.#arriving.req.resume()
  }
}

/** A form that came whole. */
export interface Upload {
  readonly contentType: string
  readonly file: SpoolFile
  readonly content: FormContent
}
