// Where packages that are built now will look for newer ones: nowhere, unless the variable says so.
import { SetUpError } from './set-up-error.mjs'

const VARIABLE = 'CODEX_GATEWAY_UPDATE_FEED'

/**
 * The packager's `publish`: a folder on a web server that holds what `npm run package` made. Plain HTTP is for a server on
 * this machine: whoever sits on the way could hold back every update.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {{ provider: 'generic', url: string } | null}
 */
export function publishFor(env) {
  const feed = env[VARIABLE]
  if (!feed) return null
  const url = URL.canParse(feed) ? new URL(feed) : undefined
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname)
  if (url?.protocol !== 'https:' && !isLocal)
    throw new SetUpError(`${VARIABLE} is ${feed}, and has to be an address that begins with https://.`)
  return { provider: 'generic', url: url.href }
}

/**
 * The same as flags of the packager's command.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export const publishFlags = (env) =>
  Object.entries(publishFor(env) ?? {}).map(([name, value]) => `--config.publish.${name}=${value}`)
