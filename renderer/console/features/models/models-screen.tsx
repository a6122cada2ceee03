// Models: what each costs, who may use it, by which other names it is known, and what changed or is about to.
import { Plus, Tags, Upload } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { PageHeader } from '../../../kit/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Tabs } from '../../../kit/tabs.tsx'
import { useSearchParams } from '../../../routing/search-params.ts'
import { AliasesTab } from './aliases-tab.tsx'
import { ChangesTab } from './changes-tab.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { ModelDrawer } from './model-drawer.tsx'
import styles from './models.module.css'
import { PARAMS, TABS } from './params.ts'
import { toPricedModels } from './priced-model.ts'
import { PricesTab } from './prices-tab.tsx'
import { SetPriceDialog } from './set-price-dialog.tsx'
import { UnpricedNotes } from './unpriced-notes.tsx'
import { useWords } from './words.ts'

export function ModelsScreen() {
  const t = useWords()
  const [{ tab = 'prices', model: openModel }, setParams] = useSearchParams(PARAMS)
  const [asked, setAsked] = useState<'price' | 'import'>()
  const models = useAsk('models.list', {})
  const prices = useAsk('prices.list', {})
  useRefreshOn('price.missing', ['prices.unpriced'])
  useRefreshOn('price.changed', ['prices.list', 'models.list', 'prices.unpriced'])
  const rows =
    models.data === undefined || prices.data === undefined
      ? undefined
      : toPricedModels(models.data.rows, prices.data.rows)
  const failed = [models, prices].find((query) => query.isError)
  const isEmpty = rows?.length === 0
  const close = () => setAsked(undefined)
  const open = rows?.find(({ model }) => model === openModel)
  const setPrice = (
    <Button kind="primary" onClick={() => setAsked('price')}>
      <Plus size={14} aria-hidden="true" />
      {t('setPrice')}
    </Button>
  )
  const panel = (content: ReactNode) => <div className="panel">{content}</div>

  return (
    <>
      <div className="page">
        <PageHeader
          title={t('title')}
          meta={t('meta')}
          actions={
            <span className="row g8">
              <Button onClick={() => setAsked('import')}>
                <Upload size={14} aria-hidden="true" />
                {t('import')}
              </Button>
              {setPrice}
            </span>
          }
        />
        <div className="pbody">
          <UnpricedNotes rows={rows ?? []} />
          <Tabs
            label={t('parts')}
            value={tab}
            onChange={(next) => setParams({ tab: next === 'prices' ? undefined : next, model: '' })}
            tabs={TABS.map((value) => ({ value, label: t(`tab_${value}`) }))}
          >
            <div className={`col g12 ${styles.tab}`}>
              {failed === undefined && rows === undefined ? panel(<SkeletonRows />) : undefined}
              {failed === undefined
                ? undefined
                : panel(
                    <ErrorState
                      error={failed.error}
                      onRetry={() => void Promise.all([models.refetch(), prices.refetch()])}
                      isRetrying={models.isFetching || prices.isFetching}
                    />,
                  )}
              {rows !== undefined && failed === undefined && tab === 'prices' && !isEmpty ? (
                <PricesTab
                  rows={rows}
                  openModel={open?.model}
                  onOpen={(model) => setParams({ model }, { step: 'in' })}
                />
              ) : undefined}
              {failed === undefined && tab === 'prices' && isEmpty ? (
                <EmptyState icon={<Tags size={32} strokeWidth={1.5} />} title={t('emptyTitle')}>
                  {t('emptyText')}
                </EmptyState>
              ) : undefined}
              {failed === undefined && tab === 'changes' ? <ChangesTab /> : undefined}
              {rows !== undefined && failed === undefined && tab === 'aliases' ? (
                <AliasesTab models={rows.map(({ model }) => model)} />
              ) : undefined}
            </div>
          </Tabs>
        </div>
      </div>
      {open === undefined || tab !== 'prices' ? undefined : (
        <ModelDrawer key={open.model} row={open} onClose={() => setParams({ model: '' }, { step: 'out' })} />
      )}
      {asked === 'price' ? <SetPriceDialog rows={rows ?? []} onClose={close} /> : undefined}
      {asked === 'import' ? <ImportDialog onClose={close} /> : undefined}
    </>
  )
}
