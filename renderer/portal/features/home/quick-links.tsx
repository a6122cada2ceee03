// What a person does next, one press away.
import { ChevronRight, KeyRound, type LucideIcon, Plug, Tags, TicketCheck } from 'lucide-react'
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { NEW_KEY_PATH } from './first-steps.tsx'
import styles from './home.module.css'
import { useWords } from './words.ts'

/** Their first steps lead a newcomer to the rest. */
export function QuickLinks({ isNewcomer }: { readonly isNewcomer: boolean }) {
  const t = useWords()
  const links: readonly { to: string; Icon: LucideIcon; text: string; hint?: string; isStep?: true }[] = [
    { to: NEW_KEY_PATH, Icon: KeyRound, text: t('createKey'), isStep: true },
    { to: PORTAL_PATHS.connect, Icon: Plug, text: t('connect'), hint: t('connectText'), isStep: true },
    { to: PORTAL_PATHS.plans, Icon: TicketCheck, text: t('plans') },
    { to: PORTAL_PATHS.models, Icon: Tags, text: t('models') },
  ]
  const shown = links.filter(({ isStep }) => !(isNewcomer && isStep))
  return (
    <ul className={`panel ${styles.links}`}>
      {shown.map(({ to, Icon, text, hint }) => (
        <li key={to}>
          <Link href={to}>
            <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
            <span className="m nw">{text}</span>
            <span className="meta trunc grow">{hint}</span>
            <ChevronRight size={16} aria-hidden="true" />
          </Link>
        </li>
      ))}
    </ul>
  )
}
