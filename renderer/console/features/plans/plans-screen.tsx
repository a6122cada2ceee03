// Plans and codes: what is offered, what was handed out and redeemed, and how fast anybody may go.
import { Plus, Ticket } from 'lucide-react'
import { useState } from 'react'
import { useRefreshOn } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { Tabs } from '../../../kit/tabs.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { BatchDrawer } from './batch-drawer.tsx'
import { CodesPanel } from './codes-panel.tsx'
import { GenerateCodesDialog } from './generate-codes-dialog.tsx'
import { LimitsTab } from './limits-tab.tsx'
import { PARAMS, TABS } from './params.ts'
import { PlanCards } from './plan-cards.tsx'
import { PlanDialog } from './plan-dialog.tsx'
import styles from './plans.module.css'
import { RedeemedPanel } from './redeemed-panel.tsx'
import { useWords } from './words.ts'

export function PlansScreen() {
  const t = useWords()
  const [{ tab = 'plans', batch }, setParams] = useSearchParams(PARAMS)
  const [asked, setAsked] = useState<'plan' | 'codes'>()
  useRefreshOn('data.changed', [
    'plans.list',
    'codes.list',
    'codes.listCodes',
    'codes.history',
    'limits.list',
  ])
  return (
    <>
      <div className="page">
        <PageHeader
          title={t('title')}
          actions={
            <span className="row g8">
              <Button onClick={() => setAsked('plan')}>
                <Plus size={14} aria-hidden="true" />
                {t('newPlan')}
              </Button>
              <Button kind="primary" onClick={() => setAsked('codes')}>
                <Ticket size={14} aria-hidden="true" />
                {t('generate')}
              </Button>
            </span>
          }
        />
        <div className="pbody">
          <Tabs
            label={t('parts')}
            value={tab}
            onChange={(next) => setParams({ tab: next === 'plans' ? undefined : next, batch: '' })}
            tabs={TABS.map((value) => ({ value, label: t(`tab_${value}`) }))}
          >
            <div className={styles.tab}>
              {tab === 'plans' ? (
                <>
                  <PlanCards onCreate={() => setAsked('plan')} />
                  <div className={batch === '' ? styles.codes : styles.stacked}>
                    <CodesPanel
                      openId={batch === '' ? undefined : batch}
                      onOpen={(id) => setParams({ batch: id }, { step: 'in' })}
                    />
                    <RedeemedPanel />
                  </div>
                </>
              ) : (
                <LimitsTab />
              )}
            </div>
          </Tabs>
        </div>
      </div>
      {batch === '' || tab !== 'plans' ? undefined : (
        <BatchDrawer key={batch} batchId={batch} onClose={() => setParams({ batch: '' }, { step: 'out' })} />
      )}
      {asked === 'plan' ? <PlanDialog onClose={() => setAsked(undefined)} /> : undefined}
      {asked === 'codes' ? <GenerateCodesDialog onClose={() => setAsked(undefined)} /> : undefined}
    </>
  )
}
