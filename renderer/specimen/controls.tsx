// What is pressed and filled in: buttons, words of status, fields, choices.
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../kit/button.tsx'
import { Checkbox, RadioGroup, RowCheckbox, Switch } from '../kit/choices.tsx'
import { Combobox, type ComboboxOption } from '../kit/combobox.tsx'
import { DateRange, type Range } from '../kit/date-range.tsx'
import { Field } from '../kit/field.tsx'
import { IconButton } from '../kit/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../kit/menu.tsx'
import { MoneyInput, NumberInput } from '../kit/number-input.tsx'
import { FilterBar, PanelBody, Section } from '../kit/page.tsx'
import { PasswordInput } from '../kit/password-input.tsx'
import { Popover } from '../kit/popover.tsx'
import { SearchInput } from '../kit/search-input.tsx'
import { FilterSelect, Select } from '../kit/select.tsx'
import { StatusShape, Tag } from '../kit/shape.tsx'
import { TextArea, TextInput } from '../kit/text-input.tsx'
import { toast } from '../kit/toast.tsx'

export function Buttons() {
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

export function Fields() {
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

export function Choices() {
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
