// A walk through a body: what it has seen so far, where it is, and how what it comes upon is refused there. The walking itself
// is done elsewhere.
import { type Refusal, refusal } from '../../contract/errors.ts'
import { type HostedAsk, nothingHosted } from './hosted-tools.ts'

/** What a walk has seen so far, and where it is. */
export interface Walk {
  images: number
  /** Bytes of base64 that are images, and cost by the image and not by the byte. */
  imageBytes: number
  needsFullWindow: boolean
  /** Whether it names text that stands nowhere in it: a stored prompt, a file that is kept or fetched elsewhere. */
  hidesText: boolean
  /** Whether there may be images that were not counted: in files, in what is not known. */
  hidesImages: boolean
  readonly hosted: HostedAsk
  /** Whether it offers a shell on the client's side. */
  hasLocalShell: boolean
  /** Where it chooses a shell: that of the client's side has to be among its tools. */
  shellChoice: string | undefined
  /** A stored prompt, which may bring hosted tools along that stand nowhere in the body. */
  promptId: string | undefined
  readonly itemReferences: string[]
  /** Ids on items that carry their own content. */
  readonly givenIds: string[]
  /** Files by their ids, with the places where they are named; undefined where none may be. */
  readonly fileReferences: FileReference[] | undefined
  /** The names and indices that lead to the value that is looked at. */
  readonly path: (string | number)[]
  toolDepth: number
  /** Whether the object that is looked at is an image, which may be a file. */
  isInImage: boolean
}

export interface FileReference {
  readonly id: string
  readonly param: string
}

/** `mayNameFiles` where whoever calls looks up whose they are. */
export const startWalk = (mayNameFiles = false): Walk => ({
  fileReferences: mayNameFiles ? [] : undefined,
  images: 0,
  imageBytes: 0,
  needsFullWindow: false,
  hidesText: false,
  hidesImages: false,
  hosted: nothingHosted(),
  hasLocalShell: false,
  shellChoice: undefined,
  promptId: undefined,
  itemReferences: [],
  givenIds: [],
  path: [],
  toolDepth: 0,
  isInImage: false,
})

export const invalidParameter = (param: string, problem: string): Refusal =>
  refusal('invalid_parameter', { problem }, { param })

export const unsupported = (param: string, problem: string): Refusal =>
  refusal('unsupported_parameter', { problem }, { param })

/** The place that a walk is at, as OpenAI writes it: `input[3].content[0].file_id`. */
export function paramAt({ path }: Walk, ...more: readonly (string | number)[]): string {
  let param = ''
  for (const step of [...path, ...more]) {
    if (typeof step === 'number') param += `[${step}]`
    else param += param === '' ? step : `.${step}`
  }
  return param.slice(0, PARAM_LENGTH_MAX)
}

const PARAM_LENGTH_MAX = 200

/** Nothing but the window bounds what it brings in, and there may be images in it. */
export function noteUnbounded(walk: Walk): void {
  walk.needsFullWindow = true
  walk.hidesImages = true
}

/** The same, of what is named and stands elsewhere. */
export function noteElsewhere(walk: Walk): void {
  walk.hidesText = true
  noteUnbounded(walk)
}

const REFERENCES_MAX = 2_000

/** Notes an id that has to be the caller's own. */
export function noteOwn(walk: Walk, id: string): Refusal | undefined {
  if (walk.itemReferences.length === REFERENCES_MAX)
    return invalidParameter(paramAt(walk), `a request refers to at most ${REFERENCES_MAX} items.`)
  walk.itemReferences.push(id)
  return undefined
}
