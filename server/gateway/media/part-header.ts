// The header of one part of a form: what its field is called, and whether it is a file.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'

export const invalidForm = (problem: string): Refusal => refusal('invalid_form', { problem })

export interface PartHeader {
  readonly name: string
  /** Given, it is a file. */
  readonly filename: string | undefined
}

const KNOWN = new Set(['content-disposition', 'content-type', 'content-length', 'content-transfer-encoding'])
const ENCODINGS = new Set(['binary', '8bit', '7bit'])
const NAME_LENGTH_MAX = 200
/**
 * `name` alone, or a file; `filename*` is what some clients add for names beyond ASCII. .NET leaves the quotes out wherever it
 * may (RFC 6266, section 4.1).
 */
const DISPOSITION =
  /^form-data; *name=(?:"([^"\r\n\\]+)"|([A-Za-z0-9_.-]+))(?:; *filename=(?:"((?:[^"\r\n\\]|\\.)*)"|([A-Za-z0-9!#$%&'*+.^_`|~-]+)))?(?:; *filename\*=[A-Za-z0-9!#$%&'*+.^_`|~-]+)?$/

export function readPartHeader(bytes: Buffer): Result<PartHeader, Refusal> {
  const text = bytes.toString('utf8')
  if (/[\0]|\r(?!\n)|(?<!\r)\n/.test(text))
    return fail(invalidForm('the header of a part has stray characters.'))
  const seen = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    const key = line.slice(0, Math.max(0, colon)).toLowerCase()
    if (!KNOWN.has(key) || seen.has(key))
      return fail(invalidForm('the header of a part has lines that it should not have.'))
    seen.set(key, withoutSpaceAround(line, colon + 1))
  }
  const encoding = seen.get('content-transfer-encoding')
  if (encoding !== undefined && !ENCODINGS.has(encoding.toLowerCase()))
    return fail(invalidForm('a part in it is encoded. Send its bytes as they are.'))
  const disposition = DISPOSITION.exec(seen.get('content-disposition') ?? '')
  const name = disposition?.[1] ?? disposition?.[2]
  const filename = disposition?.[3] ?? disposition?.[4]
  if (name === undefined || name.length > NAME_LENGTH_MAX)
    return fail(invalidForm('a part in it does not say which field it is.'))
  const isFile = filename !== undefined || /filename\*=/i.test(seen.get('content-disposition') ?? '')
  return ok({ name, filename: isFile ? (filename ?? '') : undefined })
}

/** Step by step: an expression that looks for the end of a text from every space in it takes their square. */
function withoutSpaceAround(line: string, from: number): string {
  const isSpace = (at: number): boolean => line[at] === ' ' || line[at] === '\t'
  let start = from
  let end = line.length
  while (start < end && isSpace(start)) start += 1
  while (end > start && isSpace(end - 1)) end -= 1
  return line.slice(start, end)
}
