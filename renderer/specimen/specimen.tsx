// The page of specimens, in the order of the kit: controls, figures, lists, states, charts.
import { KeyRound, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { CallError } from '../client/client.ts'
import { Count, Duration, Money, Time } from '../kit/amounts.tsx'
import { Button } from '../kit/button.tsx'
import { Checkbox, RadioGroup, RowCheckbox, Switch } from '../kit/choices.tsx'
import { Combobox, type ComboboxOption } from '../kit/combobox.tsx'
import { DateRange, type Range } from '../kit/date-range.tsx'
import { Field } from '../kit/field.tsx'
import { IconButton } from '../kit/icon-button.tsx'
import { CodeBlock, CopyLine } from '../kit/literals.tsx'
import { Menu, MenuItem, MenuLine } from '../kit/menu.tsx'
import { MoneyInput, NumberInput } from '../kit/number-input.tsx'
import { FilterBar, PageHeader, PanelBody, Section, Stat, Stats } from '../kit/page.tsx'
import { PasswordInput } from '../kit/password-input.tsx'
import { Popover } from '../kit/popover.tsx'
import { Rail } from '../kit/rail.tsx'
import { SearchInput } from '../kit/search-input.tsx'
import { FilterSelect, Select } from '../kit/select.tsx'
import { Shape, StatusShape, Tag } from '../kit/shape.tsx'
import { ShareCard } from '../kit/share-card.tsx'
import { EmptyState, ErrorState, NoResults, Note, Skeleton, SkeletonRows } from '../kit/states.tsx'
import { type Column, type Sorting, Table } from '../kit/table.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { TextArea, TextInput } from '../kit/text-input.tsx'
import { toast } from '../kit/toast.tsx'
import { Charts } from './charts.tsx'

export function Specimen() {
  return (
    <main className="specimen">
      <PageHeader
        title="Specimen"
        meta="every part of the kit"
        actions={<Button kind="primary">Create</Button>}
      />
      <Buttons />
      <div className="two">
        <Fields />
        <Choices />
      </div>
      <Figures />
      <Lists />
      <States />
      <Charts />
    </main>
  )
}

function Buttons() {
  return (
    <Section title="Buttons and status">
      <PanelBody>
        <div className="col g12">
          <div className="row g8 wrap">
            <Button kind="primary">
              <Plus size={14} /> Create key
            </Button>
            <Button>Test</Button>
            <Button kind="ghost">Cancel</Button>
            <Button kind="quiet">See all</Button>
            <Button kind="destructive">Delete key</Button>
            <Button disabled>Next</Button>
            <Button kind="primary" isWorking>
              Sending
            </Button>
            <Button
              onClick={() =>
                toast({ text: 'Address copied', action: { label: 'Show QR', onSelect: () => {} } })
              }
            >
              Toast
            </Button>
            <Menu trigger={<Button>Menu</Button>}>
              <MenuItem icon={<Pencil size={15} />} onSelect={() => {}}>
                Rename
              </MenuItem>
              <MenuLine />
              <MenuItem icon={<Trash2 size={15} />} isDestructive onSelect={() => {}}>
                Delete
              </MenuItem>
            </Menu>
            <Popover trigger={<Button>Popover</Button>}>
              <p>A small surface that belongs to a button.</p>
            </Popover>
            <IconButton label="Edit">
              <Pencil size={16} />
            </IconButton>
          </div>
          <div className="row g16 wrap">
            <StatusShape status="ok">Active</StatusShape>
            <StatusShape status="warn">Runs out today</StatusShape>
            <StatusShape status="bad">Refused</StatusShape>
            <StatusShape status="info">In flight</StatusShape>
            <StatusShape status="off">Suspended</StatusShape>
            <Tag status="ok">Reached</Tag>
            <Tag status="warn">Until Thursday</Tag>
            <Tag status="bad">401</Tag>
            <Tag status="info">Waiting</Tag>
            <Tag status="off">Expired</Tag>
          </div>
        </div>
      </PanelBody>
    </Section>
  )
}

const MODELS: readonly ComboboxOption[] = [
  { value: 'a', label: 'demo-smart', hint: '$2.00' },
  { value: 'b', label: 'demo-fast', hint: '$0.20' },
]

function Fields() {
  const [text, setText] = useState('laptop')
  const [password, setPassword] = useState('garden wall 月洞门')
  const [amount, setAmount] = useState<number | undefined>(5_000_000_000)
  const [count, setCount] = useState<number | undefined>(60)
  const [model, setModel] = useState<ComboboxOption | null>(null)
  const [note, setNote] = useState('')
  return (
    <Section title="Fields">
      <PanelBody>
        <div className="form">
          <Field label="Daily limit" constraint="optional" help="Starts over at 00:00, UTC+8.">
            <MoneyInput value={amount} onChange={setAmount} />
          </Field>
          <Field label="Key name" error="You already have a key called laptop.">
            <TextInput value={text} onChange={setText} />
          </Field>
          <Field label="Requests a minute">
            <NumberInput value={count} onChange={setCount} />
          </Field>
          <Field label="New password">
            <PasswordInput isNew value={password} onChange={setPassword} />
          </Field>
          <Field label="Model">
            <Combobox options={MODELS} value={model} onChange={setModel} />
          </Field>
          <Field label="Note">
            <TextArea value={note} onChange={setNote} />
          </Field>
        </div>
      </PanelBody>
    </Section>
  )
}

const KINDS = [
  { value: 'top_up', label: 'Top up', help: 'Counts as revenue.' },
  { value: 'gift', label: 'Gift' },
] as const

function Choices() {
  const [isOn, setIsOn] = useState(true)
  const [kind, setKind] = useState<'top_up' | 'gift'>('top_up')
  const [filter, setFilter] = useState<'top_up' | 'gift' | undefined>('gift')
  const [range, setRange] = useState<Range>({})
  const [search, setSearch] = useState('')
  return (
    <Section title="Choices">
      <PanelBody>
        <div className="form">
          <div className="row g16">
            <Switch label="Running" isOn={isOn} onChange={setIsOn} />
            <Switch label="Stopped" isSmall isOn={!isOn} onChange={(isOff) => setIsOn(!isOff)} />
            <Checkbox isOn={isOn} onChange={setIsOn}>
              Remember
            </Checkbox>
            <RowCheckbox label="Some" isOn={false} isMixed onChange={() => {}} />
          </div>
          <RadioGroup label="Kind" options={KINDS} value={kind} onChange={setKind} />
          <RadioGroup label="Kind, short" look="segments" options={KINDS} value={kind} onChange={setKind} />
          <RadioGroup
            label="Kind, wide"
            look="wide-segments"
            options={KINDS}
            value={kind}
            onChange={setKind}
          />
          <Field label="Kind">
            <Select options={KINDS} value={kind} onChange={setKind} />
          </Field>
          <FilterBar>
            <SearchInput label="Find a user" value={search} onChange={setSearch} />
            <DateRange value={range} onChange={setRange} />
            <FilterSelect label="Kind" options={KINDS} value={filter} onChange={setFilter} />
          </FilterBar>
        </div>
      </PanelBody>
    </Section>
  )
}

function Figures() {
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

function Lists() {
  const [open, setOpen] = useState<string | undefined>('gpt-5.4-mini')
  const [sorting, setSorting] = useState<Sorting>({ by: 'cost', isDescending: true })
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
            rows={ROWS}
            keyOf={({ model }) => model}
            openKey={open}
            onOpen={({ model }) => setOpen(model)}
            sorting={sorting}
            onSort={setSorting}
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

function States() {
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
