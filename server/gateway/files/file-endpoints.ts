// What a raw path under `/files` and `/uploads` names: what is done, and the id of what it is done with.

export type FileAction =
  | 'create'
  | 'list'
  | 'read'
  | 'delete'
  | 'content'
  | 'start_upload'
  | 'add_part'
  | 'complete_upload'
  | 'cancel_upload'

export interface FileRoute {
  readonly path: string
  readonly form: RegExp
  readonly actions: Readonly<Record<string, FileAction>>
}

/** An id as the upstream makes them. Anything else, however encoded, names nothing. */
const ID = '([A-Za-z0-9_-]{1,200})'
const route = (path: string, actions: FileRoute['actions']): FileRoute => ({
  path,
  form: new RegExp(`^${path.replace(/\{\w+\}/, ID)}$`),
  actions,
})

export const FILE_ROUTES: readonly FileRoute[] = [
  route('/files', { POST: 'create', GET: 'list' }),
  route('/files/{file}', { GET: 'read', DELETE: 'delete' }),
  route('/files/{file}/content', { GET: 'content' }),
  route('/uploads', { POST: 'start_upload' }),
  route('/uploads/{upload}/parts', { POST: 'add_part' }),
  route('/uploads/{upload}/complete', { POST: 'complete_upload' }),
  route('/uploads/{upload}/cancel', { POST: 'cancel_upload' }),
]

/** The route of a path without its prefix, and the id in it. */
export function fileRouteAt(path: string): { readonly route: FileRoute; readonly id: string } | undefined {
  for (const candidate of FILE_ROUTES) {
    const found = candidate.form.exec(path)
    if (found) return { route: candidate, id: found[1] ?? '' }
  }
  return undefined
}
