// Which event a successful operation stands for, so that no handler has to tell: whoever watches learns that keys, people,
// prices or anything else changed, by the operation's noun.
import type { Publication } from '../events/event-bus.ts'
import type { Caller } from './caller.ts'

/** Verbs that only look. Everything else is taken for a change: one event too many costs a look, one too few a stale screen. */
const READING =
  /^(get|list|status|network|summary|usage|overview|preview|unpriced|test|logs|licences|series|export|receipt|check|ledger|statement|history|forecast|plan|subscriptions|top|trust)(?![a-z])/

export const isReading = (operation: string): boolean =>
  READING.test(operation.slice(operation.indexOf('.') + 1))

/** Undefined where nothing changed that a screen shows. */
export function toChangeEvent(
  operation: string,
  input: unknown,
  output: unknown,
  caller: Caller,
): Publication | undefined {
  if (isReading(operation)) return undefined
  const noun = operation.slice(0, operation.indexOf('.'))
  const own = caller.user?.id ?? null
  const userId = stringAt(output, 'userId') ?? stringAt(input, 'userId')
  switch (noun) {
    case 'keys': {
      // An administrator's change may be about anybody's key.
      const ownerId = userId ?? (caller.user?.role === 'admin' ? null : own)
      const keyId = stringAt(input, 'keyId') ?? stringAt(output, 'id')
      if (ownerId === null) return { type: 'data.changed', noun, operation, userId: null }
      return { type: 'key.changed', userId: ownerId, keyId, operation }
    }
    case 'users': {
      const changed = userId ?? stringAt(output, 'id')
      return changed === null
        ? { type: 'data.changed', noun, operation, userId: null }
        : { type: 'user.changed', userId: changed, operation }
    }
    case 'me':
    case 'auth':
      return own === null ? undefined : { type: 'user.changed', userId: own, operation }
    case 'settings':
      return { type: 'settings.changed', operation }
    case 'prices':
    case 'models':
      return { type: 'price.changed', operation }
    default:
      return { type: 'data.changed', noun, operation, userId: userId ?? own }
  }
}

function stringAt(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
  const member = (value as Record<string, unknown>)[name] // an object, as was asked above
  return typeof member === 'string' ? member : null
}
