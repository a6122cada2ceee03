// The receipt of one request, beside the rows.
import { useAsk } from '../../../client/hooks.ts'
import { Drawer } from '../../../kit/drawer.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { Receipt } from '../../../receipt/receipt.tsx'
import { useWords } from './words.ts'

interface ReceiptDrawerProps {
  readonly requestId: string
  readonly keyName: (keyId: string) => string | undefined
  readonly onClose: () => void
}

export function ReceiptDrawer({ requestId, keyName, onClose }: ReceiptDrawerProps) {
  const t = useWords()
  const { data, error, isError, refetch, isFetching } = useAsk('usage.receipt', { requestId })
  return (
    <Drawer title={t('receipt')} onClose={onClose}>
      {isError ? (
        <ErrorState error={error} onRetry={() => void refetch()} isRetrying={isFetching} />
      ) : undefined}
      {data === undefined && !isError ? <SkeletonRows rows={5} /> : undefined}
      {data === undefined || isError ? undefined : (
        <Receipt receipt={data} facts={[{ name: t('key'), value: keyName(data.keyId) ?? t('keyGone') }]} />
      )}
    </Drawer>
  )
}
