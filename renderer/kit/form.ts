// The state of a form: what is typed, which fields are wrong, and what the gateway said about them. The contract checks
// everything again; what is checked here is what can be said sooner, and in the reader's language.
import { useState } from 'react'
import { CallError, type CallFailure } from '../client/client.ts'
import { paramOf } from '../client/failures.ts'
import { useFailureWords } from '../words/failure-words.ts'

type Errors<Values> = { readonly [Name in keyof Values]?: string | undefined }

export interface Form<Values> {
  readonly values: Values
  /** A field's error, shown from the first attempt to submit on. */
  readonly errors: Errors<Values>
  /** A failure that is about no field of this form. */
  readonly failure: unknown
  readonly isWorking: boolean
  set<Name extends keyof Values>(name: Name, value: Values[Name]): void
  submit(): void
  reset(): void
}

export interface FormOptions<Values> {
  readonly initial: Values
  /** What was typed before, where the form is shown again; without it, `initial`. */
  readonly typed?: Values
  /** What is wrong, by field; empty where it may be sent. */
  readonly check?: (values: Values) => Errors<Values>
  readonly send: (values: Values) => Promise<unknown>
  /** Field names for members of the contract that are called something else here, such as `admin.email`. */
  readonly fieldOf?: Readonly<Record<string, keyof Values>>
  /** Field names for refusals that name no member, by their code. */
  readonly fieldOfCode?: Readonly<Partial<Record<CallFailure['code'], keyof Values>>>
  /** The field's own sentence for a value that the contract refuses; undefined for that of the gateway. */
  readonly refusedText?: (name: keyof Values) => string | undefined
}

export function useForm<Values extends object>({
  initial,
  typed = initial,
  check = () => ({}),
  send,
  fieldOf = {},
  fieldOfCode = {},
  refusedText = () => undefined,
}: FormOptions<Values>): Form<Values> {
  const words = useFailureWords()
  const [values, setValues] = useState(typed)
  const [wasSent, setWasSent] = useState(false)
  const [isWorking, setIsWorking] = useState(false)
  const [failed, setFailed] = useState<{ readonly error: unknown; readonly values: Values } | undefined>()
  const found = check(values)
  const failure = failed?.error instanceof CallError ? failed.error.failure : undefined
  const param = failure === undefined ? undefined : paramOf(failure)
  const field =
    param === undefined
      ? failure && fieldOfCode[failure.code]
      : (fieldOf[param] ?? fieldNamed(param, initial))
  const textOf = (failure: CallFailure, name: keyof Values) =>
    (failure.code === 'invalid_input' ? refusedText(name) : undefined) ?? words(failure, { isAtField: true })
  // What the gateway refused is no longer wrong once it is typed anew.
  const isStillThere =
    field !== undefined && failed?.values[field as keyof Values] === values[field as keyof Values]
  const refused =
    isStillThere && failed?.error instanceof CallError
      ? // `field` is a name of this form: it was looked up in one of its tables.
        ({ [field]: textOf(failed.error.failure, field as keyof Values) } as Errors<Values>)
      : {}

  return {
    values,
    errors: { ...(wasSent ? found : {}), ...refused },
    failure: field === undefined ? failed?.error : undefined,
    isWorking,
    set: (name, value) => setValues((before) => ({ ...before, [name]: value })),
    submit() {
      setWasSent(true)
      if (isWorking) return
      if (Object.values(found).some((error) => error !== undefined)) return focusFirstError()
      setIsWorking(true)
      setFailed(undefined)
      send(values)
        .catch((error: unknown) => setFailed({ error, values }))
        .finally(() => setIsWorking(false))
    },
    reset() {
      setValues(initial)
      setWasSent(false)
      setFailed(undefined)
    },
  }
}

/** An entry of a list, such as `allowedHosts.2`, is typed in the field of the list. */
const fieldNamed = (param: string, fields: object): string | undefined =>
  [param, param.replace(/\.\d+$/, '')].find((name) => name in fields)

/** Once the errors are drawn. */
function focusFirstError(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus())
}
