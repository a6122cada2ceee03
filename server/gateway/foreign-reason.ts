// What may be shown of a reason that a server of unknown make gives for its refusal. Such servers have no codes to tell an error
// about the operator's account by, so that its words decide; and what they say of the request may show where they run.
import { isIPv6 } from 'node:net'

/** Of keys, bills and accounts; a reason that speaks of these is nothing that whoever sent the request can mend. */
const ABOUT_ACCOUNT =
  /\b(?:(?:api|access|secret) ?keys?|accounts?|organi[sz]ations?|billing|payments?|balance|credits?|funds|quotas?|licen[cs]es?|subscriptions?|tenants?|workspaces?|credentials?|unauthori[sz]ed|authenticat\w*|authori[sz]ation|bearer|arrears|free tier)\b|密钥|账[户号]|帐[户号]|余额|欠费|额度|认证|鉴权/i

/** A key of which only its ends are shown. */
const MASKED = /\w\*{3,}/

/** Accounts as clouds write them into the names of their things. */
const RESOURCE =
  /\barn:[^\s"'<>)\]]+|\b(?:projects|accounts|organizations|tenants|workspaces|subscriptions)\/[^\s"'<>)\]]+/gi
const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>)\]]+/gi
const MAILBOX = /[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi
/** What may be an address of version 6, in brackets or not. Times of day and names of C++ look like one. */
const VERSION_6 =
  /\[?(?<![\w:.])((?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{1,4}))(?!\w)(?:%\w+)?(?:\](?::\d{1,5})?)?/gi
/** Of version 4; machines with a port, or under an ending that only machines have. */
const MACHINE =
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b|\b(?:localhost|[a-z][a-z0-9-]{0,62}(?:\.[a-z0-9-]+)+|(?=[a-z-]{0,62}[\d-])[a-z][a-z0-9-]{0,62}):\d{2,5}\b|\b[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]+)*\.(?:internal|local|localdomain|lan|corp|intranet|private|home\.arpa|svc|com|net|org|cloud|cn|dev|io|ai)\b/gi
/** As HTTP clients of Python, Go and Node say whom they could not reach: of one word too, as machines beside each other are called. */
const NAMED_MACHINE =
  /(?<=\bhost(?:name)?(?:\s*[=:]\s*['"]?|\s+['"]))[\w.-]+|(?<=\b(?:lookup|ENOTFOUND|EAI_AGAIN|ECONNREFUSED)\s+)[\w.-]+|(?<=\b(?:host|to|at|from)\s+)[a-z][\w-]*:\d{2,5}\b/gi
/** Of Windows, on another machine and on a drive; what stands before its last backslash may have spaces. */
const SHARE = /\\\\(?=[\w.-]+\\)(?:[^\\"'<>|:*?\n]+\\)*[^\s\\"'<>|:*?]*/g
const DRIVE = /\b[a-z]:[\\/](?:[^\\"'<>|:*?\n]+\\)*[^\s\\"'<>|:*?]*/gi
/** Two folders at least, or one that every machine has: where the server keeps its programs and models. */
const FOLDERS =
  /(?<![\w./-])(?:\/(?:[\w.@+-]+\/){2,}[\w.@+-]*|(?:~|\/(?:models?|data|mnt|srv|opt|home|root|usr|var|tmp|app|etc|Users|Volumes))(?:\/[\w.@+-]+)+)/g
const HIDDEN = '[…]'
const LENGTH_MAX = 500
/** Of a character that is two units long: alone, it is no text that every client can write. */
const HALF_AT_END = /[\uD800-\uDBFF]$/

/** In words, as people write them: `billing_not_active`, `API-KEY` and `accountId` are written for programs. */
const inWords = (text: string): string => text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ')

export const speaksOfAccount = (reason: string): boolean =>
  ABOUT_ACCOUNT.test(inWords(reason)) || MASKED.test(reason)

/** On one line, without addresses and folders, and no longer than a person reads. `upstreamHost` is named to nobody either. */
export function shownReason(reason: string, upstreamHost?: string): string {
  const shown = withoutHost(reason.slice(0, 4 * LENGTH_MAX), upstreamHost)
    .replace(RESOURCE, HIDDEN)
    .replace(ADDRESS, HIDDEN)
    .replace(MAILBOX, HIDDEN)
    .replace(VERSION_6, (found, address: string) => (isIPv6(address) ? HIDDEN : found))
    .replace(NAMED_MACHINE, HIDDEN)
    .replace(MACHINE, HIDDEN)
    .replace(SHARE, HIDDEN)
    .replace(DRIVE, HIDDEN)
    .replace(FOLDERS, HIDDEN)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
  return shown.length > LENGTH_MAX ? `${shown.slice(0, LENGTH_MAX).replace(HALF_AT_END, '')}…` : shown
}

/** Whether some of it is shown to nobody; what is longer than is looked at may hold anything. */
export const showsPlace = (reason: string): boolean =>
  reason.length > 4 * LENGTH_MAX || shownReason(reason).includes(HIDDEN)

/** A name without a dot is known to be one of a machine only because the upstream has it. */
function withoutHost(text: string, host: string | undefined): string {
  if (!host) return text
  const written = host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return text.replace(new RegExp(`(?<![\\w.-])${written}(?![\\w-]|\\.\\w)(?::\\d{1,5})?`, 'gi'), HIDDEN)
}
