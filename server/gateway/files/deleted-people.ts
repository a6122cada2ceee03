// Files of people who were deleted are deleted upstream too, in the background. What is still to be done stands in the table of
// files, so that it outlives a restart, and an upstream that is away.
import { PRIMARY_UPSTREAM } from '../../../contract/operations/upstreams.ts'
import type { FileRow } from '../../db/repositories/files.ts'
import type { StageDeps } from '../deps.ts'
import { upstreamHeaders } from '../headers.ts'
import type { UpstreamTarget } from '../request.ts'
import { UpstreamExchange } from '../upstream-exchange.ts'

type Deps = Pick<StageDeps, 'accessChanges' | 'files' | 'knowsUpstream' | 'logger' | 'pools' | 'upstreams'>

/** Soon enough after an upstream that was away has come back. */
const AGAIN_MS = 10 * 60_000
/** More than one person may keep; whatever is left waits for the next round. */
const FILES_PER_ROUND_MAX = 1_000
const ANSWER_MS_MAX = 30_000

export interface FileRemoval {
  stop(): Promise<void>
}

/** Begins at once, with what an earlier run has left, and goes on whenever somebody loses their access. */
export function startFileRemoval(deps: Deps): FileRemoval {
  const stopping = new AbortController()
  let round = Promise.resolve()
  const begin = () => {
    round = round.then(() => removeAll(deps, stopping.signal))
  }
  const unsubscribe = deps.accessChanges.subscribe(({ kind }) => {
    if (kind === 'user') begin()
  })
  const timer = setInterval(begin, AGAIN_MS)
  timer.unref()
  begin()
  return {
    async stop() {
      unsubscribe()
      clearInterval(timer)
      stopping.abort()
      await round
    },
  }
}

/** Never rejects: what could not be done is logged, and tried again. */
async function removeAll(deps: Deps, signal: AbortSignal): Promise<void> {
  try {
    for (const file of deps.files.ofDeletedPeople(FILES_PER_ROUND_MAX)) {
      if (signal.aborted) return
      const target = deps.upstreams().find(({ id }) => id === (file.upstreamId ?? PRIMARY_UPSTREAM))
      if (!target) {
        // Nobody can ask an upstream that was removed any more.
        if (file.upstreamId !== null && !deps.knowsUpstream(file.upstreamId)) deps.files.remove(file.id)
        continue
      }
      const status = await removeUpstream(deps, target, file, signal)
      if (status === 200 || status === 404) deps.files.remove(file.id)
      else
        deps.logger.warn(
          { event: 'file_not_removed', fileId: file.id, status },
          'a file of somebody who was deleted is still upstream',
        )
    }
  } catch (err) {
    if (!signal.aborted)
      deps.logger.warn(
        { event: 'files_not_removed', err },
        'files of people who were deleted are still upstream',
      )
  }
}

async function removeUpstream(
  { pools }: Deps,
  upstream: UpstreamTarget,
  { id }: FileRow,
  signal: AbortSignal,
): Promise<number> {
  const { pool, basePath } = pools.poolFor(upstream)
  const exchange = new UpstreamExchange()
  const leave = () => exchange.abort()
  signal.addEventListener('abort', leave, { once: true })
  try {
    pool.dispatch(
      {
        method: 'DELETE',
        path: `${basePath}/files/${encodeURIComponent(id)}`,
        headers: upstreamHeaders({}, upstream.apiKey, []),
        silenceMsMax: ANSWER_MS_MAX,
      },
      exchange,
    )
    const sent = await exchange.head
    if (!sent.ok) throw sent.fault.cause
    await new Promise<void>((resolve, reject) => {
      exchange.consume({ onData: () => {}, onEnd: resolve, onFault: ({ cause }) => reject(cause) })
    })
    return sent.head.status
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
