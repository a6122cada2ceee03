// What somebody does who is new here, in order. Gone with their first request.
import { ChevronRight } from 'lucide-react'
import { Link } from 'wouter'
import { PORTAL_PATHS } from '../../../../contract/page-paths.ts'
import { PanelBody, Section } from '../../../kit/page.tsx'
import { Rail } from '../../../kit/rail.tsx'
import styles from './home.module.css'
import { useWords } from './words.ts'

export const NEW_KEY_PATH = `${PORTAL_PATHS.keys}?new=1`

interface FirstStepsProps {
  readonly hasKey: boolean
  /** Whether a balance, a credit or a plan pays for a request. */
  readonly hasFunds: boolean
}

export function FirstSteps({ hasKey, hasFunds }: FirstStepsProps) {
  const t = useWords()
  const step = (to: string, text: string) => (
    <Link href={to} className={styles.title}>
      <span className="row g4">
        {text}
        <ChevronRight size={14} aria-hidden="true" />
      </span>
    </Link>
  )
  return (
    <Section title={t('firstTitle')}>
      <PanelBody>
        <Rail
          steps={[
            {
              name: 'key',
              status: hasKey ? 'ok' : 'info',
              title: hasKey ? t('firstKey') : step(NEW_KEY_PATH, t('firstKey')),
              text: t('firstKeyText'),
            },
            {
              name: 'connect',
              status: hasKey ? 'info' : 'off',
              title: step(PORTAL_PATHS.connect, t('firstConnect')),
              text: t('firstConnectText'),
            },
            ...(hasFunds
              ? []
              : [
                  {
                    name: 'funds',
                    status: 'warn' as const,
                    title: step(`${PORTAL_PATHS.plans}?redeem=1`, t('firstFunds')),
                    text: t('firstFundsText'),
                  },
                ]),
            { name: 'request', status: 'off', title: t('firstRequest'), text: t('firstRequestText') },
          ]}
        />
      </PanelBody>
    </Section>
  )
}
