// Requests of a load that are about images and sound: a form with a sound in it, an image, a text to be spoken; and how the
// upstream takes each of them. The name of the model says which of them it is.

import type { Scenario } from '../../../server/demo-upstream/demo-upstream.ts'
import { wavOf } from '../../../server/demo-upstream/sounds.ts'
import type { Asking, Identity } from './asking.ts'
import { planLeaving } from './leaving.ts'
import type { Seeded } from './seeded.ts'
import {
  planBreak,
  planCutBy,
  planDelays,
  planErrorStatus,
  planNoAnswer,
  planStall,
} from './upstream-plan.ts'

export const MEDIA_DIALECTS = ['transcription', 'picture', 'speech'] as const
export type MediaDialect = (typeof MEDIA_DIALECTS)[number]

/** What the request asks for, as far as it costs. */
export interface AskedMedia {
  /** Whole seconds of the sound that comes in. */
  readonly seconds: number
  /** What the upstream tells instead of that. */
  readonly toldSeconds: number | undefined
  readonly characters: number
  readonly images: number
}

const PATHS: Readonly<Record<MediaDialect, string>> = {
  transcription: '/v1/audio/transcriptions',
  picture: '/v1/images/generations',
  speech: '/v1/audio/speech',
}
/** Where a request of a kind is refused: there it lacks something, or its model has no price. */
const WRONG_PATHS: Readonly<Record<MediaDialect, string>> = {
  transcription: PATHS.transcription,
  picture: PATHS.speech,
  speech: PATHS.picture,
}
const BOUNDARY = 'x-Form_1'
const TEXTS = ['A moon gate. ', '月亮门。', 'Grüße 🌕 ', 'Say "one" or \\two\n']

export const mediaDialectOf = (model: string): MediaDialect | undefined =>
  MEDIA_DIALECTS.find((dialect) => model.startsWith(`${dialect}-`))

export function planMediaAsking(seeded: Seeded, identity: Identity, dialect: MediaDialect): Asking {
  const isStream = dialect !== 'speech' && seeded.percent(60)
  const media = planMedia(seeded, dialect, isStream)
  const { scenario, isStalled } = planScenario(seeded, dialect, isStream, media)
  const refusedWith = seeded.percent(7) ? REFUSALS[dialect] : undefined
  const upstream = { scenario, isStalled, textBytes: 0, summaryBytes: 0, searches: 0, isEscaped: false }
  const text = seeded.pick(TEXTS).repeat(seeded.int(1, 6))
  const asked = { ...media, characters: dialect === 'speech' ? [...text].length : 0 }
  const body = bodyOf(dialect, {
    model: identity.model,
    isStream,
    text,
    asked,
    isBroken: refusedWith === 'invalid_form',
  })
  return {
    ...identity,
    dialect,
    isStream,
    isSocket: false,
    path: (refusedWith ? WRONG_PATHS : PATHS)[dialect],
    contentType:
      dialect === 'transcription' ? `multipart/form-data; boundary=${BOUNDARY}` : 'application/json',
    body,
    leaving: refusedWith ? { when: 'stays' } : planLeaving(seeded, isStream, upstream),
    upstream,
    refusedWith,
    media: asked,
    ...{ bodyBytes: body.length, outputLimit: undefined, choices: media.images || 1, searchesMax: 0 },
    wholeTextBytes: 0,
  }
}

const REFUSALS: Readonly<Record<MediaDialect, string>> = {
  transcription: 'invalid_form',
  picture: 'missing_parameter',
  speech: 'endpoint_not_priced',
}

function planMedia(seeded: Seeded, dialect: MediaDialect, isStream: boolean): AskedMedia {
  const seconds = dialect === 'transcription' ? seeded.int(1, 4) : 0
  const told = seeded.weighted<number | undefined>([
    [8, undefined],
    [1, seconds + seeded.int(1, 3)],
    [1, 1_000_000],
  ])
  const images = isStream ? 1 : seeded.int(1, 3)
  return {
    seconds,
    toldSeconds: dialect === 'transcription' ? told : undefined,
    characters: 0,
    images: dialect === 'picture' ? images : 0,
  }
}

interface Wording {
  readonly model: string
  readonly isStream: boolean
  readonly text: string
  readonly asked: AskedMedia
  /** The form has no end. */
  readonly isBroken: boolean
}

function bodyOf(dialect: MediaDialect, { model, isStream, text, asked, isBroken }: Wording): Buffer {
  const stream = isStream ? { stream: true } : {}
  switch (dialect) {
    case 'transcription':
      return formOf({
        seconds: asked.seconds,
        isBroken,
        fields: { ...(isStream ? { stream: 'true' } : {}), model },
      })
    case 'picture':
      return Buffer.from(
        JSON.stringify({
          model,
          prompt: text,
          ...stream,
          ...(isStream ? { partial_images: 2 } : { n: asked.images }),
        }),
      )
    case 'speech':
      return Buffer.from(JSON.stringify({ model, input: text, voice: 'alloy' }))
  }
}

/** The model stands behind the sound, as in the forms of the SDKs. */
function formOf(form: {
  readonly seconds: number
  readonly isBroken: boolean
  readonly fields: Readonly<Record<string, string>>
}): Buffer {
  const part = (name: string, more = '') =>
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`)
  const lineEnd = Buffer.from('\r\n')
  const fields = Object.entries(form.fields).flatMap(([name, value]) => [
    part(name),
    Buffer.from(value),
    lineEnd,
  ])
  // A begun second counts whole.
  const sound = wavOf(form.seconds * 1_000 - 300)
  const end = form.isBroken ? [] : [Buffer.from(`--${BOUNDARY}--\r\n`)]
  return Buffer.concat([part('file', '; filename="a.wav"'), sound, lineEnd, ...fields, ...end])
}

function planScenario(
  seeded: Seeded,
  dialect: MediaDialect,
  isStream: boolean,
  media: AskedMedia,
): { readonly scenario: Scenario; readonly isStalled: boolean } {
  // Sound goes out in pieces as it is made, and has no events.
  const isPieces = isStream || dialect === 'speech'
  const kind = seeded.weighted<
    'as_usual' | 'unreported' | 'cut' | 'stalled' | 'error_status' | 'no_answer' | 'error_event'
  >([
    [45, 'as_usual'],
    [15, 'unreported'],
    [20, 'cut'],
    [0.7, 'stalled'],
    [8, 'error_status'],
    [4, 'no_answer'],
    [isStream ? 8 : 0, 'error_event'],
  ])
  const told = media.toldSeconds
  const scenario: Scenario = {
    delays: planDelays(seeded, isPieces),
    ...(told === undefined ? {} : { usage: () => ({ type: 'duration', seconds: told }) }),
    ...planFault(seeded, kind, isPieces),
  }
  return { scenario, isStalled: kind === 'stalled' }
}

function planFault(seeded: Seeded, kind: string, isPieces: boolean): Scenario {
  switch (kind) {
    case 'unreported':
      return { usage: () => undefined }
    case 'cut':
      return { cut: planBreak(seeded, isPieces), cutBy: planCutBy(seeded, isPieces) }
    case 'stalled':
      return { stall: planStall(seeded, isPieces) }
    case 'error_status':
      return planErrorStatus(seeded)
    case 'no_answer':
      return planNoAnswer(seeded)
    case 'error_event':
      return { streamError: { afterEvents: seeded.int(0, 4), as: 'error' } }
    default:
      return {}
  }
}
