// The plan of mine, the plans to buy, and codes.
import { TicketCheck } from 'lucide-react'
import { useState } from 'react'
import type { PlanView } from '../../../../contract/plans.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { PageHeader, Section } from '../../../kit/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { flagParam, useSearchParams } from '../../../routing/search-params.ts'
import { BuyDialog } from './buy-dialog.tsx'
import { MyPlan } from './my-plan.tsx'
import { PlanCards } from './plan-cards.tsx'
import styles from './plans.module.css'
import { RedeemDialog } from './redeem-dialog.tsx'
import { RedeemedCodes } from './redeemed-codes.tsx'
import { useWords } from './words.ts'

const PARAMS = { redeem: flagParam }

export function PlansScreen() {
  const t = useWords()
  const [{ redeem }, setParams] = useSearchParams(PARAMS)
  const [bought, setBought] = useState<PlanView>()
  const overview = useAsk('me.overview', {})
  const plans = useAsk('plans.list', {})
  useRefreshOn(['requests.finished', 'balance.changed', 'data.changed'], ['me.overview'])
  useRefreshOn('data.changed', ['plans.list', 'codes.history'])
  const failed = [overview, plans].find((query) => query.isError)
  // At a price of before it is refused: the dialog goes on with the plan of now, for whoever wants it all the same.
  const lookAgain = async () => {
    const { data } = await plans.refetch()
    setBought((refused) => data?.rows.find(({ id }) => id === refused?.id) ?? refused)
  }
  const openRedeem = () => setParams({ redeem: true })
  // An administrator is listed what is not for sale too.
  const forSale = plans.data?.rows.filter((plan) => plan.isForSale && plan.archivedAt === null)
  return (
    <>
      <PageHeader
        title={t('title')}
        actions={
          <Button kind="primary" onClick={openRedeem}>
            <TicketCheck size={15} aria-hidden="true" />
            {t('redeem')}
          </Button>
        }
      />
      {failed === undefined ? undefined : (
        <div className="panel">
          <ErrorState
            error={failed.error}
            onRetry={() => void failed.refetch()}
            isRetrying={failed.isFetching}
          />
        </div>
      )}
      {failed === undefined && (overview.data === undefined || forSale === undefined) ? (
        <div className="panel">
          <SkeletonRows />
        </div>
      ) : undefined}
      {failed === undefined && overview.data !== undefined && forSale !== undefined ? (
        <div className={styles.plans}>
          <MyPlan
            plan={overview.data.plan}
            extension={forSale.find(({ id }) => id === overview.data.plan?.planId)}
            onExtend={setBought}
          />
          <div className="stack">
            {forSale.length === 0 ? (
              <div className="panel">
                <EmptyState icon={<TicketCheck size={32} strokeWidth={1.5} />} title={t('emptyTitle')}>
                  {t('emptyText')}
                </EmptyState>
              </div>
            ) : (
              <Section title={t('available')}>
                <PlanCards plans={forSale} activeId={overview.data.plan?.planId} onBuy={setBought} />
              </Section>
            )}
            <RedeemedCodes />
          </div>
        </div>
      ) : undefined}
      {bought === undefined || overview.data === undefined ? undefined : (
        <BuyDialog
          plan={bought}
          account={overview.data}
          onRefused={() => void lookAgain()}
          onClose={() => setBought(undefined)}
        />
      )}
      {redeem ? <RedeemDialog onClose={() => setParams({ redeem: false })} /> : undefined}
    </>
  )
}
