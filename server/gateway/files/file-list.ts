// The list of a person's files, from our own table: the upstream's has everybody's.
import type { FileRow } from '../../db/repositories/files.ts'
import { answerLocally } from '../answer-locally.ts'
import { rawPathOf } from '../endpoints.ts'
import type { Answered } from '../outcome.ts'
import { refuseAside } from '../side-exchange.ts'
import { invalidParameter } from '../walk.ts'
import { type FilePlace, type FileTask, fileNotFound, placeOf } from './file-task.ts'

const LIMIT_MAX = 10_000
const PAGE_MAX = 1_000

export function answerList(task: FileTask): Answered {
  const { deps, asked } = task
  const target = asked.req.url ?? ''
  const query = new URLSearchParams(target.slice(rawPathOf(target).length))
  const limit = Number(query.get('limit') ?? PAGE_MAX)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    return refuseAside(
      asked,
      invalidParameter('limit', `it has to be a whole number from 1 to ${LIMIT_MAX}.`),
    )
  const order = query.get('order') ?? 'desc'
  if (order !== 'asc' && order !== 'desc')
    return refuseAside(asked, invalidParameter('order', 'it has to be "asc" or "desc".'))
  const now = deps.clock.now()
  const { userId } = asked.key
  const afterId = query.get('after')
  const after = afterId === null ? undefined : deps.files.find(afterId, now)
  if (afterId !== null && after?.userId !== userId) return refuseAside(asked, fileNotFound(afterId, 'after'))
  // What is asked for beyond a page comes with the next one, which `has_more` says there is.
  const size = Math.min(limit, PAGE_MAX)
  const purpose = query.get('purpose') ?? undefined
  const found = deps.files.list({ userId, purpose, after, order, limit: size, now })
  const rows = found.slice(0, size)
  answerLocally(asked, {
    object: 'list',
    data: rows.map((row) => toFile(row, placeOf(task, row))),
    first_id: rows[0]?.id ?? null,
    last_id: rows.at(-1)?.id ?? null,
    has_more: found.length > size,
  })
  return { status: asked.res.statusCode, code: null }
}

const DETAILS: Readonly<Record<FilePlace['kind'], string | null>> = {
  reached: null,
  away: 'The upstream that keeps this file is switched off.',
  gone: 'The upstream that kept this file was removed. Delete the file, and put it in again to use it.',
}

/** A file as its upstream would show it, or with the reason why nobody can. */
export const toFile = (
  { id, bytes, createdAt, filename, purpose, expiresAt }: FileRow,
  { kind }: FilePlace,
) => ({
  id,
  object: 'file',
  bytes,
  created_at: Math.floor(createdAt / 1000),
  filename,
  purpose,
  status: kind === 'reached' ? 'processed' : 'error',
  status_details: DETAILS[kind],
  ...(expiresAt === null ? {} : { expires_at: Math.floor(expiresAt / 1000) }),
})
