// The receipt of one request beside the rows, with whose it was and a refund.
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { userPath } from '../../../../contract/page-paths.ts'
import { useGatewayAddress } from '../../../client/gateway-address.ts'
import { useAsk, useRefreshOn } from '../../../client/hooks.ts'
import { Button } from '../../../kit/button.tsx'
import { LabelledCopyButton } from '../../../kit/copy.tsx'
import { Drawer } from '../../../kit/drawer.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Receipt } from '../../../receipt/receipt.tsx'
import { usagePath } from '../../usage-path.ts'
import { RefundDialog } from './refund-dialog.tsx'
import { useWords } from './words.ts'

interface ReceiptDrawerProps {
  readonly requestId: string
  readonly onClose: () => void
}

export function ReceiptDrawer({ requestId, onClose }: ReceiptDrawerProps) {
  const t = useWords()
  // The desktop window's own address opens nowhere else.
  const address = useGatewayAddress()
  const [isRefunding, setIsRefunding] = useState(false)
  const { data, error, isError, refetch, isFetching } = useAsk('usage.receipt', { requestId })
  const owner = useAsk('users.get', { userId: data?.userId ?? '' }, { isEnabled: data !== undefined })
  const row = useAsk('usage.list', { keyId: data?.keyId ?? '', limit: 1 }, { isEnabled: data !== undefined })
  // A refund that was given elsewhere, or a request that ends.
  useRefreshOn('balance.changed', ['usage.receipt'])
  const keyName = data === undefined ? undefined : row.data?.names.keys[data.keyId]
  return (
    <>
      <Drawer
        title={t('receipt')}
        meta={owner.data?.email}
        onClose={onClose}
        actions={
          <>
            {data === undefined || data.refundableNanoUsd === 0 ? undefined : (
              <Button onClick={() => setIsRefunding(true)}>
                <Undo2 size={14} aria-hidden="true" />
                {t('refund')}
              </Button>
            )}
            {address === undefined ? undefined : (
              <LabelledCopyButton text={`${address}${usagePath({ request: requestId })}`}>
                {t('copyLink')}
              </LabelledCopyButton>
            )}
          </>
        }
      >
        {isError ? (
          <ErrorState error={error} onRetry={() => void refetch()} isRetrying={isFetching} />
        ) : undefined}
        {data === undefined && !isError ? <SkeletonRows rows={5} /> : undefined}
        {data === undefined || isError ? undefined : (
          <Receipt
            receipt={data}
            facts={[
              { name: t('key'), value: keyName ?? t('keyGone') },
              {
                name: t('user'),
                value: (
                  <Link className="link" href={userPath(data.userId)}>
                    {owner.data?.email ?? data.userId}
                  </Link>
                ),
              },
            ]}
          />
        )}
      </Drawer>
      {data === undefined || !isRefunding ? undefined : (
        <RefundDialog
          receipt={data}
          email={owner.data?.email ?? data.userId}
          onClose={() => setIsRefunding(false)}
        />
      )}
    </>
  )
}
