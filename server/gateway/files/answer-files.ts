// Files as inputs: put in, listed, read and deleted by the person whose they are, and by nobody else. They are kept at one
// upstream, and requests that name them go there.
import { refusal } from '../../../contract/errors.ts'
import type { FileRow } from '../../db/repositories/files.ts'
import { answerLocally } from '../answer-locally.ts'
import type { StageDeps } from '../deps.ts'
import type { FileEndpoint } from '../endpoints.ts'
import { LiveRequest } from '../live-requests.ts'
import { readUpload } from '../media/read-upload.ts'
import { uploadRequest } from '../media/send-upload.ts'
import type { Answered } from '../outcome.ts'
import { answerWhole, askAside, left, refuseAside, relayAside, type SideRequest } from '../side-exchange.ts'
import { admit } from '../stages/admit.ts'
import { refusedByNow } from '../stages/identify.ts'
import { takePlace } from '../stages/reserve.ts'
import { endUnlessSent } from '../unread-body.ts'
import { checkFileForm, FILE_BYTES_MAX, purposeProblem } from './file-facts.ts'
import { answerList, toFile } from './file-list.ts'
import {
  type FileAsked,
  type FilePlace,
  type FileTask,
  fileNotFound,
  fileUnavailable,
  firstOf,
  keepFile,
  placeOf,
} from './file-task.ts'
import { addPart, cancelUpload, completeUpload, startUpload } from './file-uploads.ts'

export async function answerFiles(deps: StageDeps, asked: FileAsked): Promise<Answered> {
  const { req, res, requestId, key } = asked
  const admitted = admit(deps, asked)
  if (!admitted.ok) return refuseAside(asked, admitted.error)
  const place = takePlace(deps, asked, 0)
  if (!place.ok) return refuseAside(asked, place.error)
  const live = new LiveRequest({ ...key, lostAccess: () => refusedByNow(deps, asked) }, deps.drains)
  live.whenCut((refused) => void refuseAside(asked, refused))
  live.watch(res)
  deps.live.add(live)
  const spool = deps.uploads.shareFor(requestId, key.userId)
  try {
    return await ACTIONS[asked.endpoint.action]({
      deps,
      asked,
      live,
      spool,
      upstreams: admitted.value.upstreams,
    })
  } finally {
    deps.live.remove(live)
    place.value.release()
    await spool.release()
    endUnlessSent(req)
  }
}

const ACTIONS: Readonly<Record<FileEndpoint['action'], (task: FileTask) => Promise<Answered>>> = {
  create,
  list: (task) => Promise.resolve(answerList(task)),
  read: (task) => withFile(task, (_, side) => readFile(task, side)),
  delete: (task) => withFile(task, (file, side) => deleteFile(task, file, side)),
  content: (task) =>
    withFile(task, (_, side) =>
      relayAside(task.deps, { ...side, path: `${side.path}/content` }, { headersFor: () => DOWNLOAD }),
    ),
  start_upload: startUpload,
  add_part: addPart,
  complete_upload: completeUpload,
  cancel_upload: cancelUpload,
}

/** Bytes that somebody put in: shown by no browser as a page of this gateway's. */
const DOWNLOAD = {
  'content-type': 'application/octet-stream',
  'x-content-type-options': 'nosniff',
  'content-disposition': 'attachment',
}

async function withFile(
  task: FileTask,
  act: (file: FileRow, side: SideRequest) => Promise<Answered>,
): Promise<Answered> {
  const { deps, asked, live } = task
  const { id } = asked.endpoint
  const file = deps.files.find(id, deps.clock.now())
  if (file?.userId !== asked.key.userId) return refuseAside(asked, fileNotFound(id))
  const place = placeOf(task, file)
  if (place.kind !== 'reached') return withoutUpstream(task, file, place)
  const { upstream } = place
  return act(file, { received: asked, upstream, live, method: 'GET', path: `/files/${id}`, isKept: false })
}

/** It can still be looked at. Once its upstream is gone for ever, so is a file that is deleted. */
function withoutUpstream({ deps, asked }: FileTask, file: FileRow, place: FilePlace): Answered {
  const { action } = asked.endpoint
  if (action === 'read') answerLocally(asked, toFile(file, place))
  else if (action === 'delete' && place.kind === 'gone') {
    deps.files.remove(file.id)
    answerLocally(asked, { id: file.id, object: 'file', deleted: true })
  } else return refuseAside(asked, fileUnavailable(file.id))
  return { status: asked.res.statusCode, code: null }
}

async function readFile({ deps }: FileTask, side: SideRequest): Promise<Answered> {
  const answer = await askAside(deps, side)
  return 'body' in answer ? answerWhole(side, answer) : answer
}

/** What the upstream does not know any more is deleted as well. */
async function deleteFile({ deps }: FileTask, file: FileRow, side: SideRequest): Promise<Answered> {
  const asked: SideRequest = { ...side, method: 'DELETE', isKept: true }
  const answer = await askAside(deps, asked)
  if (!('body' in answer)) return answer
  if (answer.head.status === 200 || answer.head.status === 404) deps.files.remove(file.id)
  return answerWhole(asked, answer)
}

async function create(task: FileTask): Promise<Answered> {
  const { deps, asked, live, spool } = task
  const upstream = firstOf(task)
  if (!upstream) return refuseAside(asked, refusal('upstream_not_configured'))
  const read = await readUpload(asked, FILE_BYTES_MAX, spool)
  if (!read.ok) return read.error === 'client_left' ? left(live) : refuseAside(asked, read.error)
  const form = checkFileForm(read.value.upload.content)
  if (!form.ok) return refuseAside(asked, form.error)
  const refused = purposeProblem(form.value.purpose)
  if (refused) return refuseAside(asked, refused)
  const place = deps.fileRoom.take(asked.key.userId, form.value.bytes)
  if (!place.ok) return refuseAside(asked, place.error)
  const side: SideRequest = {
    received: asked,
    upstream,
    live,
    method: 'POST',
    path: '/files',
    content: () => uploadRequest(read.value.upload, undefined),
    isKept: true,
  }
  try {
    const answer = await askAside(deps, side)
    if (!('body' in answer)) return answer
    if (answer.head.status === 200) keepFile(task, answer.body, upstream)
    return answerWhole(side, answer)
  } finally {
    place.value.release()
  }
}
