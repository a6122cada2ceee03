// What kinds of tokens the last days took, as parts of one bar and as figures.
import { Count } from '../../../kit/amounts.tsx'
import { PanelBody, Section } from '../../../kit/page.tsx'
import type { Dashboard } from '../../gateway-now/use-gateway-now.ts'
import styles from './dashboard.module.css'
import { TOKEN_KINDS, type TokenKind, tokensByKind } from './token-kinds.ts'
import { useWords } from './words.ts'

const COLOURS: Readonly<Record<TokenKind, string>> = {
  input: 'var(--chart-1)',
  cached: 'var(--chart-5)',
  cacheWrite: 'var(--chart-3)',
  output: 'var(--chart-2)',
  reasoning: 'var(--chart-6)',
}

export function TokensPanel({ total }: { readonly total: Dashboard['series']['total'] }) {
  const t = useWords()
  const kinds = tokensByKind(total)
  const sum = TOKEN_KINDS.reduce((all, kind) => all + kinds[kind], 0)
  // Not every upstream charges for writing; where none does, the line would say nothing.
  const shown = TOKEN_KINDS.filter((kind) => kind !== 'cacheWrite' || kinds[kind] > 0)
  return (
    <Section title={t('tokensByKind')}>
      <PanelBody>
        {sum === 0 ? (
          <p className={`quiet ${styles['none']}`}>{t('noTokens')}</p>
        ) : (
          <>
            <div className={`track ${styles['parts']}`} aria-hidden="true">
              {shown.map((kind) =>
                kinds[kind] === 0 ? undefined : (
                  <b key={kind} style={{ flexGrow: kinds[kind], background: COLOURS[kind] }} />
                ),
              )}
            </div>
            <dl className={styles['kinds']}>
              {shown.map((kind) => (
                <div key={kind} className="row g8">
                  <dt className="row g8 sec grow">
                    <span className="sw" style={{ background: COLOURS[kind] }} />
                    {t(`tokens_${kind}`)}
                  </dt>
                  <dd className="m">
                    <Count value={kinds[kind]} isShort />
                  </dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </PanelBody>
    </Section>
  )
}
