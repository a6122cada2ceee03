// What is to be known of a file before it goes on, and of the answer that says what it is called.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { FileRow } from '../../db/repositories/files.ts'
import { isObject, parseObject } from '../json-object.ts'
import type { FormContent } from '../media/form-scan.ts'
import { invalidParameter } from '../walk.ts'

const MEBIBYTE = 1024 * 1024
/** A file of 512 MB, and the form around it. */
export const FILE_BYTES_MAX = 513 * MEBIBYTE

/** What a file is put in for: to be read by a model. */
const INPUT_PURPOSES = new Set(['user_data', 'vision', 'assistants'])

export interface FileForm {
  readonly purpose: string
  readonly bytes: number
}

export function checkFileForm({ fields, files }: FormContent): Result<FileForm, Refusal> {
  const purpose = fields.find(({ name }) => name === 'purpose')?.value
  if (purpose === undefined) return fail(refusal('missing_parameter', undefined, { param: 'purpose' }))
  const [file] = files
  if (file?.name !== 'file') return fail(refusal('missing_parameter', undefined, { param: 'file' }))
  return ok({ purpose, bytes: file.bytes })
}

export const purposeProblem = (purpose: string): Refusal | undefined =>
  INPUT_PURPOSES.has(purpose)
    ? undefined
    : invalidParameter(
        'purpose',
        `files are inputs here. It is one of ${[...INPUT_PURPOSES].join(', ')}; batches, fine-tuning and evals are not offered.`,
      )

type MadeFile = Pick<FileRow, 'id' | 'filename' | 'purpose' | 'bytes' | 'expiresAt'>

/** The file that an answer is, or has in it as an upload does. */
export function fileIn(body: Buffer): MadeFile | undefined {
  const answer = parseObject(body.toString('utf8'))
  const file = isObject(answer?.file) ? answer.file : answer
  const { id, filename, purpose, bytes, expires_at: expiresAt } = file ?? {}
  if (typeof id !== 'string' || id === '' || id.length > 200) return undefined
  return {
    id,
    filename: typeof filename === 'string' ? filename.slice(0, 500) : '',
    purpose: typeof purpose === 'string' ? purpose.slice(0, 50) : 'user_data',
    bytes: typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : 0,
    expiresAt: typeof expiresAt === 'number' && Number.isSafeInteger(expiresAt) ? expiresAt * 1000 : null,
  }
}
