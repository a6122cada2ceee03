// Below a form of the settings: saves what is typed, or goes back to what is stored. Between the two, what else the form offers.
import type { ReactNode } from 'react'
import { Button } from '../../../kit/button.tsx'
import { useKitWords } from '../../../kit/kit-words.ts'

interface SaveRowProps {
  readonly label: string
  readonly form: { readonly isChanged: boolean; readonly isWorking: boolean; readonly reset: () => void }
  readonly children?: ReactNode
}

export function SaveRow({ label, form: { isChanged, isWorking, reset }, children }: SaveRowProps) {
  const kit = useKitWords()
  return (
    <div className="row g8">
      <Button type="submit" kind="primary" isWorking={isWorking} disabled={!isChanged}>
        {label}
      </Button>
      {children}
      {isChanged ? (
        <Button kind="ghost" onClick={reset}>
          {kit('cancel')}
        </Button>
      ) : undefined}
    </div>
  )
}
