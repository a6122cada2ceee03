// Settings: what can be changed while the gateway runs, each with its default and its unit, and what only a start changes.
import { type ReactNode, useState } from 'react'
import type { CallOutput } from '../../../../contract/catalogue.ts'
import type { DesktopView } from '../../../../contract/desktop.ts'
import { useDesktopView } from '../../../client/desktop.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { useUnsaved } from '../../../frame/unsaved.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Tabs } from '../../../kit/tabs.tsx'
import { choiceParam, useSearchParams } from '../../../routing/search-params.ts'
import { AppearanceSection } from './appearance-section.tsx'
import { ComputerSection } from './computer-section.tsx'
import { FIELDS, type SectionName } from './fields.ts'
import { HttpsSection } from './https-section.tsx'
import { type Draft, hasText, newDraft } from './kept-form.ts'
import type { TypedMail } from './mail-form.tsx'
import { MailSection } from './mail-section.tsx'
import { NetworkFacts } from './network-facts.tsx'
import styles from './settings.module.css'
import { type Drafts as SettingDrafts, SettingsForm } from './settings-form.tsx'
import type { TypedUpstream } from './upstream-form.tsx'
import { UpstreamSection } from './upstream-section.tsx'
import { useWords } from './words.ts'

const PARTS = [
  'general',
  'upstream',
  'network',
  'registration',
  'mail',
  'billing',
  'security',
  'appearance',
  'computer',
  'advanced',
] as const
type Part = (typeof PARTS)[number]
type SettingsView = CallOutput<'settings.get'>

/** What is typed in each part and not saved. */
interface Drafts {
  readonly settings: SettingDrafts
  readonly mail: Draft<TypedMail>
  readonly upstream: Draft<TypedUpstream>
}

export function SettingsScreen() {
  const t = useWords()
  const [{ part = 'general' }, setParams] = useSearchParams({ part: choiceParam(PARTS) })
  const settings = useAsk('settings.get', {})
  const desktop = useDesktopView()
  const [drafts] = useState((): Drafts => ({ settings: new Map(), mail: newDraft(), upstream: newDraft() }))
  useUnsaved(() => [
    ...FIELDS.filter(({ name }) => drafts.settings.has(name)).map(({ name }) => t(`set_${name}`)),
    ...(['upstream', 'mail'] as const)
      .filter((part) => hasText(drafts[part]))
      .map((part) => t(`part_${part}`)),
  ])
  useRefreshOn('settings.changed', ['settings.get', 'upstreams.get', 'mail.get'])
  return (
    <div className="page">
      <PageHeader title={t('title')} />
      <div className="pbody">
        <Tabs
          label={t('parts')}
          value={part}
          onChange={(next) => setParams({ part: next === 'general' ? undefined : next })}
          tabs={PARTS.filter((value) => value !== 'computer' || desktop !== undefined).map((value) => ({
            value,
            label: t(`part_${value}`),
          }))}
        >
          <div className={styles.part}>
            {settings.isPending ? <SkeletonRows /> : undefined}
            {settings.isError ? (
              <ErrorState
                error={settings.error}
                onRetry={() => void settings.refetch()}
                isRetrying={settings.isFetching}
              />
            ) : undefined}
            {settings.data !== undefined && !settings.isError ? (
              <Content part={part} settings={settings.data} desktop={desktop} drafts={drafts} />
            ) : undefined}
          </div>
        </Tabs>
      </div>
    </div>
  )
}

interface ContentProps {
  readonly part: Part
  readonly settings: SettingsView
  /** The app around this page, where there is one. */
  readonly desktop: DesktopView | undefined
  readonly drafts: Drafts
}

function Content({ part, settings, desktop, drafts }: ContentProps): ReactNode {
  if (part === 'computer') return desktop === undefined ? undefined : <ComputerSection desktop={desktop} />
  if (part === 'upstream') return <UpstreamSection draft={drafts.upstream} />
  if (part === 'mail') return <MailSection draft={drafts.mail} />
  if (part === 'appearance') return <AppearanceSection />
  return (
    <>
      {part === 'network' ? (
        <NetworkFacts settings={settings} isInWindow={desktop !== undefined} />
      ) : undefined}
      <Section name={part} settings={settings} drafts={drafts.settings} />
      {part === 'network' ? <HttpsSection /> : undefined}
    </>
  )
}

interface SectionProps extends Pick<ContentProps, 'settings'> {
  readonly name: SectionName
  readonly drafts: SettingDrafts
}

function Section({ name, settings, drafts }: SectionProps) {
  const fields = FIELDS.filter(({ section }) => section === name)
  const stored = fields.map((field) => settings[field.name])
  // Once saved, or changed elsewhere, it starts from what is stored, with what was typed and not saved.
  return (
    <SettingsForm
      key={`${name} ${JSON.stringify(stored)}`}
      fields={fields}
      settings={settings}
      drafts={drafts}
    />
  )
}
