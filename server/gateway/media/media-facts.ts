// What bodies for images and sound say beyond what all bodies do, and the members that they share.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { ImageCount, MediaUsage } from '../../ledger/media-charge.ts'
import { bytesOfText } from '../body-text.ts'
import { isObject, type JsonObject } from '../json-object.ts'
import { invalidParameter } from '../walk.ts'

export interface MediaFacts {
  /** How the answer is read where it comes whole. */
  readonly answer: 'json' | 'text' | 'sound'
  /** The most that is used of what is not counted in tokens. */
  readonly usageMax: MediaUsage
  readonly images?: ImageFacts
  readonly speech?: SpeechFacts
  readonly sound?: SoundFacts
}

export interface ImageFacts {
  readonly count: number
  readonly countedAs: ImageCount
  /** As asked for; undefined where the upstream chooses. */
  readonly size: string | undefined
  readonly quality: string | undefined
  /** Frames of a moving picture; 1 for others. */
  readonly frames: number
  readonly partialImages: number
  /** Images that are put in. */
  readonly inputs: number
  /** The model that writes an SVG after the image, at its own price. */
  readonly svgModel: string | undefined
  /** Whether usage can be told by the upstream at all. */
  readonly isVariation: boolean
}

export interface SpeechFacts {
  readonly isPcm: boolean
  /** 1 is as usual; the most that it makes a sound longer. */
  readonly slowness: number
}

export interface SoundFacts {
  /** Undefined where the length of the sound that came cannot be read. */
  readonly ms: number | undefined
  readonly bytes: number
  readonly isTranslation: boolean
}

/** A text, or undefined where it is missing. */
export function textIn(body: JsonObject, name: string): Result<string | undefined, Refusal> {
  const value = body[name]
  if (value === undefined || value === null) return ok(undefined)
  return typeof value === 'string' ? ok(value) : fail(invalidParameter(name, 'it has to be a text.'))
}

export function requiredTextIn(body: JsonObject, name: string): Result<string, Refusal> {
  const text = textIn(body, name)
  if (!text.ok) return text
  return text.value === undefined || text.value === ''
    ? fail(refusal('missing_parameter', undefined, { param: name }))
    : ok(text.value)
}

/** A word that decides something: short enough not to be cut. */
export function wordIn(body: JsonObject, name: string): Result<string | undefined, Refusal> {
  const text = textIn(body, name)
  return text.ok && text.value !== undefined && bytesOfText(text.value) > 100
    ? fail(invalidParameter(name, 'it is too long.'))
    : text
}

export interface FileFacts {
  readonly bytes: number
  readonly ms: number | undefined
}

/** The files that a form has under a name. */
export function filesIn(body: JsonObject, name: string): readonly FileFacts[] {
  const list = body[name]
  if (!Array.isArray(list)) return []
  return list.flatMap((entry) => {
    const file = isObject(entry) && isObject(entry.file) ? entry.file : undefined
    if (typeof file?.bytes !== 'number') return []
    return [{ bytes: file.bytes, ms: typeof file.sound_ms === 'number' ? file.sound_ms : undefined }]
  })
}
