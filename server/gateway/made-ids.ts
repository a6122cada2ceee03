// Notes whose something is that an answer names, before the answer is passed on.
import type { StageDeps } from './deps.ts'
import { makerOf, type Sending } from './request.ts'
import type { ResponsesStreamOptions } from './responses-stream.ts'

/**
 * Responses and items, where the upstream keeps them. A container of the code interpreter lives on either way; it is referred to
 * like an item, and brings no tokens along.
 */
export const noteMade =
  (deps: Pick<StageDeps, 'ownedIds'>, sending: Sending): ResponsesStreamOptions['onId'] =>
  (kind, id, tokens) => {
    if (kind === 'container') deps.ownedIds.record('item', id, makerOf(sending), 0)
    else if (sending.facts.isStored) deps.ownedIds.record(kind, id, makerOf(sending), tokens)
    if (kind === 'response' && sending.facts.isStored) noteGiven(deps, sending)
  }

/**
 * Ids that a person gave to items of their own. Upstream there may be something of somebody else by that id, so that it is not
 * theirs when it is listed among the input.
 */
function noteGiven({ ownedIds }: Pick<StageDeps, 'ownedIds'>, sending: Sending): void {
  for (const id of sending.facts.givenIds) {
    if (!ownedIds.find('item', id)) ownedIds.record('given', id, makerOf(sending))
  }
}
