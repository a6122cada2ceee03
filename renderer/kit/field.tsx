// A field of a form: label left, constraint right, help below, or the one sentence that says what to do about an error.
import { createContext, type ReactNode, useContext, useId } from 'react'
import { Shape } from './shape.tsx'

interface FieldControl {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
  readonly required: boolean | undefined
}

const FieldContext = createContext<FieldControl | undefined>(undefined)

interface FieldProps {
  readonly label: string
  readonly constraint?: string
  readonly help?: ReactNode
  /** Says what to do. The typed value stays. */
  readonly error?: string | undefined
  readonly isRequired?: boolean
  readonly children: ReactNode
}

export function Field({ label, constraint, help, error, isRequired, children }: FieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const hasNote = error !== undefined || help !== undefined
  return (
    <div className="field">
      <label className="lb" htmlFor={id}>
        <span>{label}</span>
        {constraint === undefined ? undefined : <span className="meta">{constraint}</span>}
      </label>
      <FieldContext
        value={{
          id,
          'aria-describedby': hasNote ? noteId : undefined,
          'aria-invalid': error === undefined ? undefined : true,
          required: isRequired,
        }}
      >
        {children}
      </FieldContext>
      {error === undefined ? undefined : (
        <p className="help err" id={noteId} role="alert">
          <Shape status="bad" />
          <span>{error}</span>
        </p>
      )}
      {error === undefined && help !== undefined ? (
        <div className="help" id={noteId}>
          {help}
        </div>
      ) : undefined}
    </div>
  )
}

/** What ties a control to the label and the notes of the field around it. */
export function useFieldControl(): Partial<FieldControl> {
  return useContext(FieldContext) ?? {}
}
