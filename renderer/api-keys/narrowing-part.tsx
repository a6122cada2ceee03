// What narrows a new key, out of the way until it is asked for: most keys are not narrowed.
import { useState } from 'react'
import { Button } from '../kit/button.tsx'
import type { Narrowing } from './narrowing.ts'
import { NarrowingFields } from './narrowing-fields.tsx'
import { useApiKeyWords } from './words.ts'

interface NarrowingPartProps {
  readonly values: Narrowing
  readonly onChange: (values: Narrowing) => void
  readonly error: string | undefined
}

export function NarrowingPart({ values, onChange, error }: NarrowingPartProps) {
  const t = useApiKeyWords()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      {isOpen ? (
        <NarrowingFields values={values} onChange={onChange} />
      ) : (
        <div>
          <Button size="sm" onClick={() => setIsOpen(true)}>
            {t('narrow')}
          </Button>
        </div>
      )}
      {error === undefined ? undefined : <p className="help err">{error}</p>}
    </>
  )
}
