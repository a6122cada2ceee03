// A form on its way to the upstream: the bytes that came, from disk, with another name of the model where there is one, and a
// pseudonym for whom it names.
import type { Readable } from 'node:stream'
import type { Splice } from '../json-scan.ts'
import type { Upload } from './upload-arrival.ts'
import { splicedBytes } from './upload-spool.ts'

export interface UploadRequest {
  readonly headers: readonly string[]
  readonly body: Readable
}

/** `model` is undefined where the form names none; `identity` is what it says of who asks. */
export function uploadRequest(
  { contentType, file, content }: Upload,
  model: string | undefined,
  identity: readonly Splice[] = [],
): UploadRequest {
  const field = content.fields.find(({ name }) => name === 'model')
  const renaming: readonly Splice[] =
    field && model !== undefined && field.value !== model
      ? [{ start: field.start, end: field.end, text: model }]
      : []
  const splices = [...renaming, ...identity].sort((one, other) => one.start - other.start)
  return {
    headers: ['content-type', contentType, 'content-length', String(splicedBytes(file.bytes, splices))],
    body: file.stream(splices),
  }
}
