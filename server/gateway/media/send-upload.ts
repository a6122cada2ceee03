// A form on its way to the upstream: the bytes that came, from disk, with another name of the model where there is one, and a
// pseudonym for whom it names.
import type { Readable } from 'node:stream'
import type { Splice } from '../json-scan.ts'
import { boundaryOf } from './form-scan.ts'
import type { Upload } from './upload-arrival.ts'
import { splicedBytes } from './upload-spool.ts'

export interface UploadRequest {
  readonly headers: readonly string[]
  readonly body: Readable
}

/** `model` is undefined where neither the form nor its path names one; `identity` is what the form says of who asks. */
export function uploadRequest(
  { contentType, file, content }: Upload,
  model: string | undefined,
  identity: readonly Splice[] = [],
): UploadRequest {
  const splices = [...namings(content, boundaryOf(contentType), model), ...identity].sort(
    (one, other) => one.start - other.start,
  )
  return {
    headers: ['content-type', contentType, 'content-length', String(splicedBytes(file.bytes, splices))],
    body: file.stream(splices),
  }
}

function namings(
  { fields }: Upload['content'],
  boundary: string | undefined,
  model: string | undefined,
): readonly Splice[] {
  if (model === undefined) return []
  const field = fields.find(({ name }) => name === 'model')
  if (field) return field.value === model ? [] : [{ start: field.start, end: field.end, text: model }]
  // A form begins with its boundary, so that a part may stand in front of the others.
  const part = `--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n`
  return [{ start: 0, end: 0, text: part }]
}
