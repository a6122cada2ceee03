// What everybody reads on their home page, as long as it stands.
import { Megaphone } from 'lucide-react'
import { Link } from 'wouter'
import { CONSOLE_PATHS } from '../../../../contract/page-paths.ts'
import styles from './dashboard.module.css'
import { useWords } from './words.ts'

export function Announcement({ text }: { readonly text: string }) {
  const t = useWords()
  return (
    <section className="note" aria-label={t('announcement')}>
      <Megaphone size={15} className={styles['quiet']} aria-hidden="true" />
      <span className={`grow ${styles['announcement']}`}>{text}</span>
      <span className="meta nw">{t('shownToEveryone')}</span>
      <Link className="m nw" href={CONSOLE_PATHS.settings}>
        {t('edit')}
      </Link>
    </section>
  )
}
