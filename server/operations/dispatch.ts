// The only way in. Its order never changes: look up, audience, parse the input, handler, parse the output.
import type { InputOf, OperationName, OperationNamed, OutputOf } from '../../contract/catalogue.ts'
import { messageOf, type Refusal, refusal } from '../../contract/errors.ts'
import type { Audience, Envelope } from '../../contract/operation.ts'
import type { Result } from '../../contract/result.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Ids, Logger } from '../ports.ts'
import type { Caller, SignedInCaller } from './caller.ts'
import { toChangeEvent } from './change-events.ts'
import type { FindOperation } from './handlers.ts'
import { refusalOfInput } from './input-issue.ts'
import { letTrafficPass } from './let-traffic-pass.ts'
import { Written } from './written.ts'

type CallerOf<Name extends OperationName> = OperationNamed<Name>['audience'] extends 'public'
  ? Caller
  : SignedInCaller

type Handled<Name extends OperationName> = Result<OutputOf<Name> | Written<OutputOf<Name>>, Refusal>

/** A handler gathers, decides, writes and returns; an expected failure is a refusal, anything thrown is a defect or fault. */
export type Handler<Name extends OperationName> = (
  input: InputOf<Name>,
  caller: CallerOf<Name>,
) => Promise<Handled<Name>> | Handled<Name>

export type Handlers = { readonly [Name in OperationName]: Handler<Name> }

/** An envelope, and what only an HTTP door needs beside it. */
export type Answer = Envelope<unknown> & { readonly retryAfterMs?: number }

export type RefusedAnswer = Extract<Answer, { readonly ok: false }>

export type Dispatch = (name: string, rawInput: unknown, caller: Caller) => Promise<Answer>

/** An answer for a door that sends JSON: one that is JSON already is not read again. */
export type UnreadAnswer = Answer | { readonly ok: true; readonly written: Written<unknown> }

export type UnreadDispatch = (name: string, rawInput: unknown, caller: Caller) => Promise<UnreadAnswer>

const STORAGE_RETRY_MS = 5_000

/** For whoever looks into answers. */
export const readingDispatch =
  (dispatch: UnreadDispatch): Dispatch =>
  async (name, rawInput, caller) => {
    const answer = await dispatch(name, rawInput, caller)
    return 'written' in answer ? { ok: true, data: JSON.parse(answer.written.json) } : answer
  }

export function createDispatch(deps: {
  readonly find: FindOperation
  readonly events: EventBus
  /** Whether the disk is to blame for what a handler threw: nothing was changed, and asking again may help. */
  readonly isStorageFault: (error: unknown) => boolean
  readonly ids: Pick<Ids, 'next'>
  readonly logger: Pick<Logger, 'error' | 'warn'>
  /** Resolves when the disk says what memory says, so that no answer mixes two moments. */
  readonly caughtUp: () => Promise<unknown>
}): UnreadDispatch {
  const { find, events, ids, logger, caughtUp } = deps
  return async (name, rawInput, caller) => {
    try {
      const known = await find(name)
      if (!known) return refuse(refusal('operation_not_found', { operation: name.slice(0, 100) }))

      const notAllowed = audienceRefusal(known.audience, caller)
      if (notAllowed) return refuse(notAllowed)

      const input = known.input.safeParse(rawInput ?? {})
      if (!input.success) return refuse(refusalOfInput(input.error))

      await caughtUp()
      const result = await known.handle(input.data, caller)
      if (!result.ok) return refuse(result.error)
      // Held against the output where it was written; and nothing that changes anything answers so.
      if (result.value instanceof Written) return { ok: true, written: result.value }
      await letTrafficPass()
      const data: unknown = known.output.parse(result.value)
      const change = toChangeEvent(name, input.data, data, caller)
      if (change) events.publish(change)
      // A door makes JSON of it.
      await letTrafficPass()
      return { ok: true, data }
    } catch (error) {
      if (deps.isStorageFault(error)) {
        logger.warn({ err: error, operation: name }, 'the disk did not take what an operation wrote')
        return refuse(refusal('storage_unavailable', undefined, { retryAfterMs: STORAGE_RETRY_MS }))
      }
      const requestId = ids.next()
      logger.error(
        { err: error, errorId: requestId, operation: name, actorUserId: caller.user?.id },
        'operation failed',
      )
      return refuse(refusal('internal_error', { requestId }))
    }
  }
}

export function refuse(refused: Refusal): RefusedAnswer {
  const { code, details, param, retryAfterMs } = refused
  const shown = { ...details, ...(param === undefined ? {} : { param }) }
  return {
    ok: false,
    error: {
      code,
      message: messageOf(refused),
      ...(Object.keys(shown).length > 0 ? { details: shown } : {}),
    },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** Why a caller may not call an operation for this audience; undefined where they may. */
export function audienceRefusal(audience: Audience, caller: Caller): Refusal | undefined {
  if (audience === 'public') return undefined
  if (!caller.user) return refusal('unauthenticated')
  if (audience === 'user') return undefined
  if (caller.user.role !== 'admin') return refusal('forbidden')
  return caller.mayAdminister ? undefined : refusal('remote_admin_off')
}
