// A form on its way to the upstream: the bytes that came, from disk, with another name of the model where there is one.
import type { Readable } from 'node:stream'
import type { Splice } from '../json-scan.ts'
import type { Upload } from './upload-arrival.ts'
import { splicedBytes } from './upload-spool.ts'

export interface UploadRequest {
  readonly headers: readonly string[]
  readonly body: Readable
}

/** `model` is undefined where the form names none. */
export function uploadRequest(
  { contentType, file, content }: Upload,
  model: string | undefined,
): UploadRequest {
  const field = content.fields.find(({ name }) => name === 'model')
  const splices: readonly Splice[] =
    field && model !== undefined && field.value !== model
      ? [{ start: field.start, end: field.end, text: model }]
      : []
  return {
    headers: ['content-type', contentType, 'content-length', String(splicedBytes(file.bytes, splices))],
    body: file.stream(splices),
  }
}
