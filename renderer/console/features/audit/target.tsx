// What a change is about, in a line: its name, or else what kind of thing it is.

import type { AuditRow } from './audit-table.tsx'
import { TARGETS } from './targets.ts'
import { useWords } from './words.ts'

export function Target({ row: { targetType, targetName } }: { readonly row: AuditRow }) {
  const t = useWords()
  const kind = TARGETS.find((name) => name === targetType)
  const word = kind === undefined ? targetType : t(`target_${kind}`)
  if (targetName === null) return <span className="sec">{word}</span>
  return (
    <span className="trunc" title={`${word}: ${targetName}`}>
      {targetName}
    </span>
  )
}
