// The gateway as a running program: how it does, what it holds, its backups, its log, and what it is made of.
import { RotateCw } from 'lucide-react'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { Tabs } from '../../../kit/tabs.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { BackupsTab } from './backups-tab.tsx'
import { HoldsPanel } from './holds-panel.tsx'
import { LicencesTab } from './licences-tab.tsx'
import { LogsTab } from './logs-tab.tsx'
import { LossesPanel } from './losses-panel.tsx'
import { PARAMS, TABS } from './params.ts'
import { StatusTab } from './status-tab.tsx'
import styles from './system.module.css'
import { useWords } from './words.ts'

export function SystemScreen() {
  const t = useWords()
  const [{ tab = 'status' }, setParams] = useSearchParams(PARAMS)
  const status = useAsk('system.status', {})
  useRefreshOn('requests.finished', ['system.status'])
  useRefreshOn('ledger.checked', ['ledger.status', 'system.status'])
  useRefreshOn('backup.finished', ['backups.list', 'system.status'])
  useRefreshOn('data.changed', ['backups.list', 'losses.list'])
  const version = status.data?.version
  return (
    <div className="page">
      <PageHeader
        title={t('title')}
        meta={version === undefined ? undefined : t('version', { version })}
        actions={
          tab === 'status' ? (
            <Button onClick={() => void status.refetch()} isWorking={status.isFetching}>
              <RotateCw size={14} aria-hidden="true" />
              {t('refresh')}
            </Button>
          ) : undefined
        }
      />
      <div className="pbody">
        <Tabs
          label={t('parts')}
          value={tab}
          onChange={(next) =>
            setParams({ tab: next === 'status' ? undefined : next, level: undefined, search: '' })
          }
          tabs={TABS.map((value) => ({ value, label: t(`tab_${value}`) }))}
        >
          <div className={styles.tab}>
            {tab === 'status' ? <StatusTab status={status} /> : undefined}
            {tab === 'money' ? (
              <>
                <LossesPanel />
                <HoldsPanel />
              </>
            ) : undefined}
            {tab === 'backups' ? <BackupsTab status={status.data} /> : undefined}
            {tab === 'logs' ? <LogsTab /> : undefined}
            {tab === 'licences' ? <LicencesTab /> : undefined}
          </div>
        </Tabs>
      </div>
    </div>
  )
}
