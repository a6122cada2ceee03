// What is read: figures, lists, and the states of a list that has nothing to show.
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { CallError } from '../client/client.ts'
import { Count, Duration, Money, Time } from '../kit/amounts.tsx'
import { Button } from '../kit/button.tsx'
import { CodeBlock, CopyLine } from '../kit/literals.tsx'
import { PanelBody, Section, Stat, Stats } from '../kit/page.tsx'
import { Rail } from '../kit/rail.tsx'
import { Shape, Tag } from '../kit/shape.tsx'
import { ShareCard } from '../kit/share-card.tsx'
import { useSortedRows } from '../kit/sorting.ts'
import { EmptyState, ErrorState, NoResults, Note, Skeleton, SkeletonRows } from '../kit/states.tsx'
import { type Column, Table } from '../kit/table.tsx'
import { Tabs } from '../kit/tabs.tsx'

export function Figures() {
  return (
    <>
      <Stats>
        <Stat label="Revenue, top-ups" change="+$50.00 today">
          <Money nanoUsd={640_000_000_000} isFigure />
        </Stat>
        <Stat label="Balance">
          <Money nanoUsd={-1_500_000_000} kind="balance" />
        </Stat>
        <Stat label="Smallest">
          <Money nanoUsd={412_000} kind="request" />
        </Stat>
        <Stat label="Tokens" change={<Count value={9_840_112} />}>
          <Count value={9_840_112} isShort />
        </Stat>
        <Stat label="First token" change={<Time atMs={Date.now() - 90_000} />}>
          <Duration ms={812} />
        </Stat>
      </Stats>
      <ShareCard
        address="http://192.168.1.24:8080/v1"
        codeLabel="Code of the address"
        isReached
        tag={<Tag status="ok">Reached from 7 other devices</Tag>}
      >
        <p className="sec">Wi-Fi, local network.</p>
      </ShareCard>
      <ShareCard
        address="http://10.0.0.7:8080/v1"
        codeLabel="Code of the other address"
        isReached={false}
        tag={<Tag status="info">Waiting for another device</Tag>}
      >
        <p className="sec">Nobody has arrived yet.</p>
      </ShareCard>
    </>
  )
}

interface Row {
  readonly model: string
  readonly costNanoUsd: number
}

const ROWS: readonly Row[] = [
  { model: 'gpt-5.3-codex', costNanoUsd: 36_250_200 },
  { model: 'gpt-5.4-mini', costNanoUsd: 4_193_000 },
  { model: 'text-embedding-3-small', costNanoUsd: 164_000 },
]

export function Lists() {
  const [open, setOpen] = useState<string | undefined>('gpt-5.4-mini')
  const sorted = useSortedRows(
    ROWS,
    { model: ({ model }) => model, cost: ({ costNanoUsd }) => costNanoUsd },
    { by: 'cost', isDescending: true },
  )
  const [tab, setTab] = useState<'table' | 'rail'>('table')
  const columns: readonly Column<Row>[] = [
    {
      name: 'model',
      head: 'Model',
      sort: 'model',
      cell: ({ model }) => <code className="mono">{model}</code>,
    },
    {
      name: 'cost',
      head: 'Cost',
      sort: 'cost',
      isNumber: true,
      cell: ({ costNanoUsd }) => <Money nanoUsd={costNanoUsd} kind="request" />,
    },
  ]
  return (
    <Section title="Lists" meta="J and K walk, Enter opens">
      <Tabs
        label="Lists"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'table', label: 'Table' },
          { value: 'rail', label: 'Rail' },
        ]}
      >
        {tab === 'table' ? (
          <Table
            label="Requests"
            columns={columns}
            rows={sorted.rows}
            keyOf={({ model }) => model}
            openKey={open}
            onOpen={({ model }) => setOpen(model)}
            {...sorted.table}
          />
        ) : (
          <PanelBody>
            <Rail
              steps={[
                { name: 'name', status: 'ok', title: 'Name found', text: 'api.openai.com', aside: '38 ms' },
                { name: 'key', status: 'bad', title: 'Key refused', text: '401', aside: '204 ms' },
                { name: 'models', status: 'off', title: 'Models', text: 'not tried' },
              ]}
            />
          </PanelBody>
        )}
      </Tabs>
    </Section>
  )
}

const BROKEN = new CallError({
  code: 'internal_error',
  message: '',
  details: { requestId: 'req_01JD9X4T7KQ2' },
})

export function States() {
  return (
    <div className="two">
      <Section title="States">
        <Note status="warn">gpt-5.6-luna has no price, so its requests are refused</Note>
        <NoResults onClear={() => {}} />
        <ErrorState error={BROKEN} onRetry={() => {}} />
        <SkeletonRows rows={2} />
        <PanelBody>
          <Skeleton widthPx={120} />
        </PanelBody>
      </Section>
      <Section title="Literals">
        <PanelBody>
          <div className="col g12">
            <CodeBlock
              text={'base_url = "http://192.168.1.24:8080/v1"\nwire_api = "responses"'}
              where="~/.codex/config.toml"
            />
            <CopyLine text="sk-cg-7f3kq2" what="API key" />
            <span className="row g6">
              <Shape status="info" /> 4 in flight
            </span>
          </div>
        </PanelBody>
      </Section>
      <EmptyState
        icon={<KeyRound size={32} strokeWidth={1.5} />}
        title="No API keys yet"
        actions={<Button kind="primary">Create API key</Button>}
      >
        A key lets one person or program through the gateway.
      </EmptyState>
    </div>
  )
}
