// The frame of pages for everybody: one card in the middle, the mark above it, the language in the corner.
import type { ReactNode } from 'react'
import { LanguageSwitch } from '../../frame/language-switch.tsx'

export function OpenFrame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="open">
      <header className="corner">
        <LanguageSwitch />
      </header>
      <main>{children}</main>
    </div>
  )
}
