// A list as a CSV file, with the filters that it is shown with. The gateway reads it; the browser saves it.
import { Download } from 'lucide-react'
import { isInDesktopWindow } from '../client/ipc-transport.ts'
import { useKitWords } from './kit-words.ts'

interface CsvLinkProps {
  /** Such as `users.csv`, as the gateway names its files. */
  readonly file: string
  /** The filters of the list; what is empty is left out. */
  readonly query: Readonly<Record<string, string | number | undefined>>
  /** Beside filters. */
  readonly isSmall?: boolean
}

export function CsvLink({ file, query, isSmall = false }: CsvLinkProps) {
  const t = useKitWords()
  // The desktop window has no address of its own to save from.
  if (isInDesktopWindow()) return null
  return (
    <a className={isSmall ? 'btn secondary sm' : 'btn secondary'} href={csvAddress(file, query)} download>
      <Download size={14} aria-hidden="true" />
      {t('exportCsv')}
    </a>
  )
}

export function csvAddress(file: string, query: CsvLinkProps['query']): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  const text = new URLSearchParams(given).toString()
  return `/api/export/${file}${text === '' ? '' : `?${text}`}`
}
