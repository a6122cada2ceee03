// A sentence with parts that are no text, such as an amount or a link: `{amount} of it is held`.
import { Fragment, type ReactNode } from 'react'

interface SentenceProps {
  readonly text: string
  readonly parts: Readonly<Record<string, ReactNode>>
}

/** What stands in single braces is replaced by the part of that name; catalogues use double braces for plain text. */
export function Sentence({ text, parts }: SentenceProps) {
  const pieces = text.split(/\{(\w+)\}/)
  return pieces.map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence never change places
    <Fragment key={index}>{index % 2 === 1 ? parts[piece] : piece}</Fragment>
  ))
}
