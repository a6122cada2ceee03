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

/** What an upstream keeps can be had there; elsewhere it is only known of. */
export type FilePlace =
  | { readonly kind: 'reached'; readonly upstream: UpstreamTarget }
  /** Switched off, or without its key: it may come back. */
  | { readonly kind: 'away' }
  /** Removed, and its key with it: whatever it keeps is out of reach for ever. */
  | { readonly kind: 'gone' }

export const fileUnavailable = (id: string): Refusal => refusal('file_unavailable', { id: id.slice(0, 100) })

export const fileNotFound = (id: string, param?: string): Refusal =>
  refusal('file_not_found', { id: id.slice(0, 100) }, param === undefined ? undefined : { param })

/** Where new files go: the first upstream that requests go to. */
export const firstOf = ({ upstreams }: FileTask): UpstreamTarget | undefined => upstreams[0]

export const upstreamIdOf = ({ id }: UpstreamTarget): string | null => (id === PRIMARY_UPSTREAM ? null : id)

export const upstreamOf = (
  { upstreams }: FileTask,
  row: { readonly upstreamId: string | null },
): UpstreamTarget | undefined => upstreams.find(({ id }) => id === (row.upstreamId ?? PRIMARY_UPSTREAM))

export function placeOf(task: FileTask, row: { readonly upstreamId: string | null }): FilePlace {
  const upstream = upstreamOf(task, row)
  if (upstream) return { kind: 'reached', upstream }
  const isKnown = row.upstreamId === null || task.deps.knowsUpstream(row.upstreamId)
  return { kind: isKnown ? 'away' : 'gone' }
}

/** Known here before its maker learns its id. */
export function keepFile({ deps, asked }: FileTask, body: Buffer, upstream: UpstreamTarget): void {
  const made = fileIn(body)
  if (!made) return
  const upstreamId = upstreamIdOf(upstream)
  const { userId } = asked.key
  deps.files.insert({ ...made, userId, upstreamId, createdAt: deps.clock.now() })
  deps.ownedIds.record('file', made.id, { userId, upstreamId })
}
