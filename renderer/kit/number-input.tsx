// Numbers and amounts. What is typed stays as it is typed; the value is the number it stands for, or undefined.
import { type ReactNode, useState } from 'react'
import { moneyInputText, parseMoney } from './money.ts'
import { multiplierText, parseMultiplier } from './multiplier.ts'
import { TextInput } from './text-input.tsx'

interface QuantityInputProps {
  readonly value: number | undefined
  /** `undefined` where what is typed is no number, or nothing is. `text` tells the two apart. */
  readonly onChange: (value: number | undefined, text: string) => void
  readonly before?: ReactNode
  readonly after?: ReactNode
  readonly isLarge?: boolean
  readonly placeholder?: string
  readonly 'aria-label'?: string
}

interface Notation {
  parse(text: string): number | undefined
  print(value: number): string
}

const WHOLE: Notation = {
  parse(text) {
    const digits = text.trim().replaceAll(/[\s,]/g, '')
    if (!/^[-\u2212]?\d{1,15}$/.test(digits)) return undefined
    return Number(digits.replace('\u2212', '-'))
  },
  print: String,
}

const FACTOR: Notation = { parse: parseMultiplier, print: multiplierText }

const DOLLARS: Notation = { parse: parseMoney, print: moneyInputText }

function QuantityInput({
  notation,
  value,
  onChange,
  ...others
}: QuantityInputProps & { readonly notation: Notation }) {
  const [typed, setTyped] = useState(value === undefined ? '' : notation.print(value))
  // The value was set from outside, as by a preset; what is being typed stands for the same number and stays.
  const stands = notation.parse(typed)
  const shown = value !== undefined && value !== stands ? notation.print(value) : typed
  return (
    <TextInput
      inputMode="decimal"
      {...others}
      value={shown}
      onChange={(text) => {
        setTyped(text)
        onChange(notation.parse(text), text)
      }}
    />
  )
}

/** A whole number. */
export const NumberInput = (props: QuantityInputProps) => <QuantityInput {...props} notation={WHOLE} />

/** Dollars, in nano-dollars. */
export const MoneyInput = (props: QuantityInputProps) => (
  <QuantityInput before="$" {...props} notation={DOLLARS} />
)

/** A factor such as 1.25, in parts per million. */
export const MultiplierInput = (props: QuantityInputProps) => (
  <QuantityInput before="×" {...props} notation={FACTOR} />
)
