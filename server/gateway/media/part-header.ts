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
/** `name` alone, or a file; `filename*` is what some clients add for names beyond ASCII. */
const DISPOSITION =
  /^form-data; *name="([^"\r\n\\]+)"(?:; *filename="((?:[^"\r\n\\]|\\.)*)")?(?:; *filename\*=[A-Za-z0-9!#$%&'*+.^_`|~-]+)?$/i

export function readPartHeader(bytes: Buffer): Result<PartHeader, Refusal> {
  const text = bytes.toString('utf8')
  if (/[\0]|\r(?!\n)|(?<!\r)\n/.test(text))
    return fail(invalidForm('the header of a part has stray characters.'))
  const seen = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const [, name = '', value = ''] = /^([A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    const key = name.toLowerCase()
    if (!KNOWN.has(key) || seen.has(key))
      return fail(invalidForm('the header of a part has lines that it should not have.'))
    seen.set(key, value)
  }
  const encoding = seen.get('content-transfer-encoding')
  if (encoding !== undefined && !ENCODINGS.has(encoding.toLowerCase()))
    return fail(invalidForm('a part in it is encoded. Send its bytes as they are.'))
  const disposition = DISPOSITION.exec(seen.get('content-disposition') ?? '')
  const [, name, filename] = disposition ?? []
  if (name === undefined || name.length > NAME_LENGTH_MAX)
    return fail(invalidForm('a part in it does not say which field it is.'))
  const isFile = filename !== undefined || /filename\*=/i.test(seen.get('content-disposition') ?? '')
  return ok({ name, filename: isFile ? (filename ?? '') : undefined })
}
