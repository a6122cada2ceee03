// The figures of now: requests, the machine, the disk; and whether the books are right.
import type { UseQueryResult } from '@tanstack/react-query'
import type { SystemStatus } from '../../../../contract/operations/system.ts'
import { Count, Money, Time } from '../../../kit/amounts.tsx'
import { bytesText, shareText, uptimeText } from '../../../kit/figures.ts'
import { Facts, PanelBody, Section, Stat, Stats } from '../../../kit/page.tsx'
import { ErrorState, SkeletonRows } from '../../../kit/states.tsx'
import { LedgerPanel } from './ledger-panel.tsx'
import styles from './system.module.css'
import { useWords } from './words.ts'

export function StatusTab({ status }: { readonly status: UseQueryResult<SystemStatus> }) {
  if (status.isPending) return <SkeletonRows />
  if (status.isError) {
    return (
      <ErrorState error={status.error} onRetry={() => void status.refetch()} isRetrying={status.isFetching} />
    )
  }
  return (
    <>
      <NowStats status={status.data} />
      <div className={styles.columns}>
        <Machine status={status.data} />
        <LedgerPanel />
      </div>
    </>
  )
}

function NowStats({ status }: { readonly status: SystemStatus }) {
  const t = useWords()
  const { requests, openHolds, writer, startedAt, uptimeMs } = status
  return (
    <Stats>
      <Stat label={t('uptime')} change={<Time atMs={startedAt} isAbsolute />}>
        {uptimeText(uptimeMs)}
      </Stat>
      <Stat label={t('perSecond')} change={t('inFlight', { count: requests.inFlight })}>
        {requests.perSecond.toFixed(1)}
      </Stat>
      <Stat
        label={t('errorRate')}
        change={t('errorsOf', { errors: requests.errorsLastMinute, count: requests.lastMinute })}
      >
        {shareText(requests.errorsLastMinute, requests.lastMinute)}
      </Stat>
      <Stat label={t('openHolds')} change={t('holdsCount', { count: openHolds.count })}>
        <Money nanoUsd={openHolds.amountNanoUsd} isFigure />
      </Stat>
      <Stat label={t('writeQueue')} change={t('writeQueueHelp')}>
        <Count value={writer.waiting} />
      </Stat>
    </Stats>
  )
}

function Machine({ status }: { readonly status: SystemStatus }) {
  const t = useWords()
  const { requests, eventLoop, memory, disk, database } = status
  const unknown = <span className="quiet">{t('unknown')}</span>
  return (
    <Section title={t('machine')}>
      <PanelBody>
        <Facts
          facts={[
            {
              name: t('eventLoop'),
              value:
                eventLoop === null ? (
                  unknown
                ) : (
                  <span className="num">
                    {t('eventLoopOf', {
                      p50: eventLoop.p50Ms.toFixed(1),
                      p99: eventLoop.p99Ms.toFixed(1),
                      max: eventLoop.maxMs.toFixed(1),
                    })}
                  </span>
                ),
            },
            { name: t('sockets'), value: <Count value={requests.sockets} /> },
            {
              name: t('memory'),
              value: (
                <span className="num">
                  {t('memoryOf', { rss: bytesText(memory.rssBytes), heap: bytesText(memory.heapUsedBytes) })}
                </span>
              ),
            },
            {
              name: t('machineMemory'),
              value: (
                <span className="num">
                  {t('freeOf', {
                    free: bytesText(memory.machineFreeBytes),
                    total: bytesText(memory.machineTotalBytes),
                  })}
                </span>
              ),
            },
            {
              name: t('disk'),
              value:
                disk === null ? (
                  unknown
                ) : (
                  <span className="num">
                    {t('freeOf', { free: bytesText(disk.freeBytes), total: bytesText(disk.totalBytes) })}
                  </span>
                ),
            },
            {
              name: t('database'),
              value: (
                <span className="num">
                  {t('databaseOf', {
                    size: bytesText(database.bytes),
                    wal: bytesText(database.walBytes),
                    schema: database.schema,
                  })}
                </span>
              ),
            },
            { name: t('dataDir'), value: <code className="mono">{status.dataDir}</code> },
            { name: t('runtime'), value: `Node ${status.node}, ${status.platform} ${status.arch}` },
            { name: t('addresses'), value: <code className="mono">{status.addresses.join(', ')}</code> },
          ]}
        />
      </PanelBody>
    </Section>
  )
}
