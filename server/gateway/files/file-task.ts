// Something that is to be done with files: who asks, where it may be done, and what is kept of it.
import { type Refusal, refusal } from '../../../contract/errors.ts'
import { PRIMARY_UPSTREAM } from '../../../contract/operations/upstreams.ts'
import type { KnownKey } from '../../accounts/key-directory.ts'
import type { StageDeps } from '../deps.ts'
import type { FileEndpoint } from '../endpoints.ts'
import type { LiveRequest } from '../live-requests.ts'
import type { SpoolShare } from '../media/upload-spool.ts'
import type { Received, UpstreamTarget } from '../request.ts'
import { fileIn } from './file-facts.ts'

export interface FileAsked extends Received {
  readonly key: KnownKey
  readonly endpoint: FileEndpoint
}

/** Asked for, admitted, and where it is to be done. */
export interface FileTask {
  readonly deps: StageDeps
  readonly asked: FileAsked
  readonly live: LiveRequest
  readonly spool: SpoolShare
  readonly upstreams: readonly UpstreamTarget[]
}

export const fileNotFound = (id: string, param?: string): Refusal =>
  refusal('file_not_found', { id: id.slice(0, 100) }, param === undefined ? undefined : { param })

/** Where new files go: the first upstream that requests go to. */
export const firstOf = ({ upstreams }: FileTask): UpstreamTarget | undefined => upstreams[0]

export const upstreamIdOf = ({ id }: UpstreamTarget): string | null => (id === PRIMARY_UPSTREAM ? null : id)

export const upstreamOf = (
  { upstreams }: FileTask,
  row: { readonly upstreamId: string | null },
): UpstreamTarget | undefined => upstreams.find(({ id }) => id === (row.upstreamId ?? PRIMARY_UPSTREAM))

/** Known here before its maker learns its id. */
export function keepFile({ deps, asked }: FileTask, body: Buffer, upstream: UpstreamTarget): void {
  const made = fileIn(body)
  if (!made) return
  const upstreamId = upstreamIdOf(upstream)
  const { userId } = asked.key
  deps.files.insert({ ...made, userId, upstreamId, createdAt: deps.clock.now() })
  deps.ownedIds.record('file', made.id, { userId, upstreamId })
}
