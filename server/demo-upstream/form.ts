// A form that was posted: its fields and its files by name, as one object. Files stand in lists, a name may have several.
import { asArray, type JsonObject } from './json.ts'
import type { RequestRecord } from './received-request.ts'

export interface PostedFile {
  readonly filename: string
  readonly data: Buffer
}

const NUMBERS = new Set(['n', 'partial_images', 'temperature', 'output_compression', 'frame_count'])

/** Undefined where the request has no form, or one without an end. */
export function formOf({ headers, body }: RequestRecord): JsonObject | undefined {
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1]
  if (boundary === undefined) return undefined
  const members: Record<string, unknown> = {}
  const delimiter = Buffer.from(`--${boundary}`)
  let at = body.indexOf(delimiter)
  for (;;) {
    const next = at < 0 ? -1 : body.indexOf(delimiter, at + delimiter.length)
    if (next < 0) break
    put(members, body.subarray(at + delimiter.length + 2, next - 2))
    at = next
  }
  const isWhole =
    at >= 0 && body.toString('latin1', at + delimiter.length, at + delimiter.length + 2) === '--'
  return isWhole ? members : undefined
}

function put(members: Record<string, unknown>, part: Buffer): void {
  const end = part.indexOf('\r\n\r\n')
  const header = part.toString('utf8', 0, end)
  const data = Buffer.from(part.subarray(end + 4))
  const name = /[ ;]name="?([^";\r\n]*)"?/.exec(header)?.[1] ?? ''
  const filename = /filename="?([^";\r\n]*)"?/.exec(header)?.[1]
  const base = name.replace(/\[\]$/, '')
  if (filename !== undefined) members[base] = [...asArray(members[base]), { filename, data }]
  else if (base !== name) members[base] = [...asArray(members[base]), data.toString('utf8')]
  else members[base] = plain(base, data.toString('utf8'))
}

function plain(name: string, text: string): unknown {
  if (name === 'stream') return text === 'true'
  return NUMBERS.has(name) ? Number(text) : text
}

export const filesOf = (body: JsonObject, name: string): readonly PostedFile[] =>
  // What is in the list was put there above.
  asArray(body[name]).filter((entry) => typeof entry === 'object') as PostedFile[]
