// What narrows a new key, out of the way until it is asked for: most keys are not narrowed.
import { useEffect, useRef, useState } from 'react'
import { Button } from '../kit/button.tsx'
import styles from './api-keys.module.css'
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
  const fields = useRef<HTMLDivElement>(null)
  // The button that was pressed has gone.
  useEffect(() => {
    if (isOpen) fields.current?.querySelector<HTMLElement>('input')?.focus()
  }, [isOpen])
  return (
    <>
      {isOpen ? (
        <div className={styles['fields']} ref={fields}>
          <NarrowingFields values={values} onChange={onChange} />
        </div>
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
