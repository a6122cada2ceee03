// Reads a multipart form while its bytes pass (RFC 7578): which fields it has and where they stand, and nothing of its files.
// Stricter than any upstream's parser: what one of them might read otherwise than we do is refused, for what is priced has to
// be what is run.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { invalidForm, type PartHeader, readPartHeader } from './part-header.ts'

export interface FormField {
  readonly name: string
  readonly value: string
  /** Where the value's bytes stand in the body. */
  readonly start: number
  readonly end: number
}

export interface FormFile {
  readonly name: string
  readonly filename: string
  readonly bytes: number
}

export interface FormContent {
  readonly fields: readonly FormField[]
  readonly files: readonly FormFile[]
}

/** Is told of the bytes of each file as they pass. */
export interface FileWatcher {
  push(piece: Buffer): void
}

const PARTS_MAX = 256
const HEADER_BYTES_MAX = 8 * 1024
/** A prompt takes 128 KB at most; sounds that name a speaker come as text and are larger. */
const FIELD_BYTES_MAX = 4 * 1024 * 1024
const FIELDS_BYTES_MAX = 8 * 1024 * 1024

/** More than a boundary and its line end take. */
const SEAM_BYTES = 1_024

const BLANK_LINE = Buffer.from('\r\n\r\n')
/** What stands before a boundary within a form. */
const LINE_OF_BOUNDARY = Buffer.from('\r\n--')
const BOUNDARY = /^[A-Za-z0-9'()+_,./:=?-]{1,70}$/

/** Some clients of Java say which charset the fields have: the one that they have to have here. */
const FORM_TYPE =
  /^multipart\/form-data\s*;\s*(?:charset="?utf-8"?\s*;\s*)?boundary=(?:"([^"]+)"|([^\s;"]+))\s*(?:;\s*charset="?utf-8"?\s*)?$/i

/** The boundary that a content-type names; undefined where it is no form, or names none that can be used. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const form = FORM_TYPE.exec(contentType ?? '')
  const boundary = form?.[1] ?? form?.[2]
  return boundary !== undefined && BOUNDARY.test(boundary) ? boundary : undefined
}

type State = 'start' | 'header' | 'value' | 'delimiter' | 'end'

export class FormScan {
  readonly #boundary: Buffer
  readonly #opening: Buffer
  readonly #watch: (name: string) => FileWatcher | undefined
  readonly #fields: FormField[] = []
  readonly #files: FormFile[] = []
  readonly #names = new Set<string>()
  #state: State = 'start'
  #rest: Buffer = Buffer.alloc(0)
  /** The place in the body of the first byte of `#rest`. */
  #offset = 0
  #part: PartHeader | undefined
  #watcher: FileWatcher | undefined
  #value: Buffer[] = []
  #valueStart = 0
  #valueBytes = 0
  #fieldsBytes = 0
  #parts = 0

  /** `watch` is asked at the beginning of each file, by the name of its field. */
  constructor(boundary: string, watch: (name: string) => FileWatcher | undefined = () => undefined) {
    this.#boundary = Buffer.from(boundary)
    this.#opening = Buffer.from(`--${boundary}`)
    this.#watch = watch
  }

  /** Why the form is refused, or undefined while nothing is wrong with it. */
  push(chunk: Buffer): Refusal | undefined {
    if (this.#rest.length === 0) return this.#read(chunk)
    // What is left of the chunk before is short, so only the seam is copied: a copy of each chunk would be garbage as large as
    // the form, which is collected late.
    const seam = Math.min(chunk.length, SEAM_BYTES)
    const refused = this.#read(Buffer.concat([this.#rest, chunk.subarray(0, seam)]))
    if (refused || seam === chunk.length) return refused
    const left = this.#rest.length
    return this.#read(
      left <= seam ? chunk.subarray(seam - left) : Buffer.concat([this.#rest, chunk.subarray(seam)]),
    )
  }

  #read(bytes: Buffer): Refusal | undefined {
    this.#rest = bytes
    for (;;) {
      const before = this.#offset
      const state = this.#state
      const refused = this.#step()
      if (refused) return refused
      if (this.#offset === before && this.#state === state) return undefined
    }
  }

  end(): Result<FormContent, Refusal> {
    if (this.#state !== 'end') return fail(invalidForm('it ends before its last boundary.'))
    return ok({ fields: this.#fields, files: this.#files })
  }

  #step(): Refusal | undefined {
    switch (this.#state) {
      case 'start':
        return this.#readOpening()
      case 'header':
        return this.#readHeader()
      case 'value':
        return this.#readValue()
      case 'delimiter':
        return this.#readDelimiterEnd()
      case 'end':
        // A line end behind the last boundary is usual. Anything else somebody may read as another part.
        return this.#rest.length > 2 || !'\r\n'.startsWith(this.#rest.toString('latin1'))
          ? invalidForm('something stands behind its last boundary.')
          : undefined
    }
  }

  #take(bytes: number): Buffer {
    const taken = this.#rest.subarray(0, bytes)
    this.#rest = this.#rest.subarray(bytes)
    this.#offset += bytes
    return taken
  }

  #readOpening(): Refusal | undefined {
    const length = Math.min(this.#opening.length, this.#rest.length)
    if (!this.#rest.subarray(0, length).equals(this.#opening.subarray(0, length)))
      return invalidForm('it does not begin with its boundary.')
    if (length < this.#opening.length) return undefined
    this.#take(length)
    this.#state = 'delimiter'
    return undefined
  }

  #readDelimiterEnd(): Refusal | undefined {
    if (this.#rest.length < 2) return undefined
    const end = this.#take(2).toString('latin1')
    if (end !== '--' && end !== '\r\n') return invalidForm('a boundary in it has something behind it.')
    if (end === '--' && this.#parts === 0) return invalidForm('it has no parts.')
    this.#state = end === '--' ? 'end' : 'header'
    return undefined
  }

  #readHeader(): Refusal | undefined {
    const end = this.#rest.indexOf(BLANK_LINE)
    if ((end < 0 ? this.#rest.length : end) > HEADER_BYTES_MAX)
      return invalidForm(`the header of a part is longer than ${HEADER_BYTES_MAX} bytes.`)
    if (end < 0) return undefined
    const header = readPartHeader(this.#take(end + BLANK_LINE.length).subarray(0, end))
    if (!header.ok) return header.error
    this.#parts += 1
    if (this.#parts > PARTS_MAX) return invalidForm(`it has more than ${PARTS_MAX} parts.`)
    return this.#begin(header.value)
  }

  #begin(part: PartHeader): Refusal | undefined {
    const { name, filename } = part
    const mayRepeat = name.endsWith('[]') || (filename !== undefined && name === 'image')
    if (this.#names.has(name) && !mayRepeat)
      return refusal('duplicate_member', undefined, { param: name.slice(0, 100) })
    this.#names.add(name)
    this.#part = part
    this.#watcher = filename === undefined ? undefined : this.#watch(name)
    this.#value = []
    this.#valueStart = this.#offset
    this.#valueBytes = 0
    this.#state = 'value'
    return undefined
  }

  #readValue(): Refusal | undefined {
    const at = this.#rest.indexOf(this.#boundary)
    // A boundary may have begun, and the line end before it is no part of the value.
    if (at < 0) return this.#add(this.#take(Math.max(0, this.#rest.length - this.#opening.length - 1)))
    // Wherever else it stands, with or without its dashes, some reader takes it for the end of a part.
    const valueEnd = at - LINE_OF_BOUNDARY.length
    if (valueEnd < 0 || !this.#rest.subarray(valueEnd, at).equals(LINE_OF_BOUNDARY))
      return invalidForm('a boundary in it is not at the beginning of a line.')
    const refused = this.#add(this.#take(valueEnd))
    if (refused) return refused
    const end = this.#offset
    this.#take(LINE_OF_BOUNDARY.length + this.#boundary.length)
    this.#state = 'delimiter'
    return this.#finish(end)
  }

  #add(piece: Buffer): Refusal | undefined {
    if (piece.length === 0) return undefined
    this.#valueBytes += piece.length
    if (this.#part?.filename !== undefined) {
      this.#watcher?.push(piece)
      return undefined
    }
    this.#fieldsBytes += piece.length
    if (this.#valueBytes > FIELD_BYTES_MAX || this.#fieldsBytes > FIELDS_BYTES_MAX)
      return refusal('body_too_complex', { problem: 'the fields of its form are too long.' })
    // A copy: the piece shares its memory with all that came along with it.
    this.#value.push(Buffer.from(piece))
    return undefined
  }

  #finish(end: number): Refusal | undefined {
    const { name, filename } = this.#part ?? { name: '', filename: undefined }
    if (filename !== undefined) {
      this.#files.push({ name, filename, bytes: this.#valueBytes })
      return undefined
    }
    const bytes = Buffer.concat(this.#value)
    this.#value = []
    try {
      const value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      this.#fields.push({ name, value, start: this.#valueStart, end })
      return undefined
    } catch {
      return invalidForm(`the field "${name.slice(0, 100)}" is not UTF-8.`)
    }
  }
}
