// A list as a CSV file, with the filters that it is shown with. The gateway reads it; the browser saves it, or the desktop app.
import { Download } from 'lucide-react'
import { useDesktopCall } from '../client/desktop.ts'
import { failureOf } from '../client/failures.ts'
import { isInDesktopWindow } from '../client/ipc-transport.ts'
import { useFailureWords } from '../words/failure-words.ts'
import { Button } from './button.tsx'
import { useKitWords } from './kit-words.ts'
import { toast } from './toast.tsx'

interface CsvLinkProps {
  /** Such as `users.csv`, as the gateway names its files. */
  readonly file: string
  /** The filters of the list; what is empty is left out. */
  readonly query: Readonly<Record<string, string | number | undefined>>
  /** Beside filters. */
  readonly isSmall?: boolean
}

export function CsvLink(props: CsvLinkProps) {
  const t = useKitWords()
  // The desktop window has no address of its own to save from: there, the app writes the file.
  if (isInDesktopWindow()) return <CsvButton {...props} />
  const { file, query, isSmall = false } = props
  return (
    <a className={isSmall ? 'btn secondary sm' : 'btn secondary'} href={csvAddress(file, query)} download>
      <Download size={14} aria-hidden="true" />
      {t('exportCsv')}
    </a>
  )
}

function CsvButton({ file, query, isSmall = false }: CsvLinkProps) {
  const t = useKitWords()
  const failureWords = useFailureWords()
  const { mutate, isPending } = useDesktopCall('desktop.saveCsv', [])
  const save = () =>
    mutate(
      { file, query: Object.fromEntries(givenOf(query)) },
      {
        onSuccess(answer) {
          if (answer.outcome === 'cancelled') return
          if (answer.outcome === 'saved') return toast({ text: t('csvSaved', { path: answer.path }) })
          toast({ text: failureWords(answer), status: 'bad' })
        },
        onError: (error) => toast({ text: failureWords(failureOf(error)), status: 'bad' }),
      },
    )
  return (
    <Button size={isSmall ? 'sm' : 'md'} isWorking={isPending} onClick={save}>
      {isPending ? undefined : <Download size={14} aria-hidden="true" />}
      {t('exportCsv')}
    </Button>
  )
}

export function csvAddress(file: string, query: CsvLinkProps['query']): string {
  const text = new URLSearchParams(givenOf(query)).toString()
  return `/api/export/${file}${text === '' ? '' : `?${text}`}`
}

const givenOf = (query: CsvLinkProps['query']): [string, string][] =>
  Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
