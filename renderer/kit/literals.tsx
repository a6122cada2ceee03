// What can be pasted is set in mono, and nothing else is: keys, addresses, model ids, commands, request ids.
import type { ReactNode } from 'react'
import { CopyButton, LabelledCopyButton } from './copy.tsx'
import { useKitWords } from './kit-words.ts'

/** Never cut short: a model id or an address that is not whole is worth nothing. */
export const Mono = ({ children }: { readonly children: ReactNode }) => (
  <code className="mono">{children}</code>
)

interface CodeBlockProps {
  readonly text: string
  /** Where it belongs: a file's path, *Shell*. */
  readonly where: string
}

export function CodeBlock({ text, where }: CodeBlockProps) {
  const t = useKitWords()
  return (
    <figure className="code">
      <figcaption className="ch">
        <span className="meta">{where}</span>
        <LabelledCopyButton text={text} size="sm">
          {t('copy')}
        </LabelledCopyButton>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </figure>
  )
}

interface CopyLineProps {
  readonly text: string
  readonly what: string
}

/** One literal in a well, with its copy button. */
export function CopyLine({ text, what }: CopyLineProps) {
  return (
    <div className="code">
      <div className="row sb g8 inline">
        <code className="mono wrap">{text}</code>
        <CopyButton text={text} what={what} />
      </div>
    </div>
  )
}
