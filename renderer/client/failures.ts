// What can be done about a failed call: whether asking again may help, and which field of a form it is about.
import { CallError, type CallFailure } from './client.ts'

/** Those that pass by themselves; everything else would fail the same way again. */
const PASSING: ReadonlySet<CallFailure['code']> = new Set([
  'offline',
  'timed_out',
  'gateway_stopping',
  'storage_unavailable',
  'request_timeout',
])

/** Our own defects are thrown as they are, and shown by the error boundary. */
export function failureOf(error: unknown): CallFailure {
  if (error instanceof CallError) return error.failure
  throw error
}

export const mayRetry = (error: unknown): boolean =>
  error instanceof CallError && PASSING.has(error.failure.code)

/** Nobody answered: the gateway was stopped, or this device has left the network. */
export const isOffline = (error: unknown): boolean =>
  error instanceof CallError && (error.failure.code === 'offline' || error.failure.code === 'timed_out')

/** The member of the input that is at fault, as the contract names it; undefined where the failure is not about one. */
export function paramOf({ details }: CallFailure): string | undefined {
  const param = details?.['param']
  return typeof param === 'string' ? param : undefined
}
