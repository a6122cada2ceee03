// What may be shown of a reason that a server of unknown make gives for its refusal. Such servers have no codes to tell an error
// about the operator's account by, so that its words decide; and what they say of the request may show where they run.

/** Of keys, bills and accounts; a reason that speaks of these is nothing that whoever sent the request can mend. */
const ABOUT_ACCOUNT =
  /\b(?:api|access|secret)[ _-]?keys?\b|\b(?:accounts?|organi[sz]ations?|billing|payments?|balance|credits?|quota|subscriptions?|tenants?|workspaces?|credentials?|unauthori[sz]ed|authenticat\w*|authori[sz]ation|bearer|arrears|free tier)\b|密钥|账[户号]|帐[户号]|余额|欠费|额度|认证|鉴权/i

const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>)\]]+/gi
/** Of version 4, and names of machines with a port. */
const MACHINE =
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b|\b(?:localhost|[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+):\d{2,5}\b/gi
/** Two folders at least: where the server keeps its programs and models. */
const FOLDERS = /(?<![\w./-])\/(?:[\w.@+-]+\/){2,}[\w.@+-]*/g
const HIDDEN = '[…]'
const LENGTH_MAX = 500

export const speaksOfAccount = (reason: string): boolean => ABOUT_ACCOUNT.test(reason)

/** On one line, without addresses and folders, and no longer than a person reads. */
export function shownReason(reason: string): string {
  const shown = reason
    .slice(0, 4 * LENGTH_MAX)
    .replace(ADDRESS, HIDDEN)
    .replace(MACHINE, HIDDEN)
    .replace(FOLDERS, HIDDEN)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
  return shown.length > LENGTH_MAX ? `${shown.slice(0, LENGTH_MAX)}…` : shown
}
