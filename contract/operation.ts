// What one operation is: a name, who may call it, a strict input and an output. Every door carries these and nothing else.
import type { z } from 'zod'
import type { ErrorCode } from './errors.ts'

/** `public`: anyone; `user`: a signed-in user about their own things; `admin`: an administrator. */
export type Audience = 'public' | 'user' | 'admin'

export interface Operation<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly name: Name
  readonly audience: Audience
  readonly input: Input
  readonly output: Output
}

/** Declares an operation `noun.verb`. Inputs are strict objects: an unknown member is an error that names it. */
export const operation = <
  const Name extends `${string}.${string}`,
  Input extends z.ZodType,
  Output extends z.ZodType,
>(
  declared: Operation<Name, Input, Output>,
): Operation<Name, Input, Output> => declared

/** What every door answers. */
export type Envelope<T> =
  | { readonly ok: true; readonly data: T }
  | {
      readonly ok: false
      readonly error: {
        readonly code: ErrorCode
        readonly message: string
        readonly details?: Readonly<Record<string, unknown>>
      }
    }
