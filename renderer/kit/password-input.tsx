// A password: hidden until its owner wants to see it, and judged while a new one is typed.
import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from './icon-button.tsx'
import { useKitWords } from './kit-words.ts'
import { passwordStrength } from './password-strength.ts'
import { TextInput } from './text-input.tsx'

interface PasswordInputProps {
  readonly value: string
  readonly onChange: (value: string) => void
  /** A new one is judged, and offered to the browser's own generator. */
  readonly isNew?: boolean
  readonly charsMin?: number
  readonly isLarge?: boolean
  readonly name?: string
}

export function PasswordInput({
  value,
  onChange,
  isNew = false,
  charsMin = 10,
  isLarge = false,
  name = 'password',
}: PasswordInputProps) {
  const t = useKitWords()
  const [isShown, setIsShown] = useState(false)
  const strength = passwordStrength(value, charsMin)
  return (
    <>
      <TextInput
        type={isShown ? 'text' : 'password'}
        name={name}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        maxLength={256}
        value={value}
        onChange={onChange}
        isLarge={isLarge}
        after={
          <IconButton
            label={isShown ? t('hidePassword') : t('showPassword')}
            aria-pressed={isShown}
            onClick={() => setIsShown(!isShown)}
          >
            {isShown ? <EyeOff size={15} /> : <Eye size={15} />}
          </IconButton>
        }
      />
      {isNew && value !== '' ? (
        <span className={`strength s${strength}`}>
          <span className="bars" aria-hidden="true">
            <b />
            <b />
            <b />
            <b />
          </span>
          <span className="meta" role="status">
            {t(`strength${strength}`)}
          </span>
        </span>
      ) : undefined}
    </>
  )
}
