// From which day to which day: a few ranges by name, or two dates. Days are the reader's own, from midnight to midnight.
import { CalendarDays } from 'lucide-react'
import { useState } from 'react'
import { useAppearance } from '../state/appearance.ts'
import { Button } from './button.tsx'
import { Field } from './field.tsx'
import { useKitWords } from './kit-words.ts'
import { Popover } from './popover.tsx'
import { TextInput } from './text-input.tsx'
import { dateText, dayStart } from './times.ts'

/** Unix milliseconds; `to` is not part of it, as in the contract. Without both it is any time. */
export interface Range {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

interface DateRangeProps {
  readonly value: Range
  readonly onChange: (range: Range) => void
}

const NAMED_DAYS = [7, 14, 30] as const

export function DateRange({ value, onChange }: DateRangeProps) {
  const t = useKitWords()
  const [isOpen, setIsOpen] = useState(false)
  const nowMs = Date.now()
  const choose = (range: Range) => {
    onChange(range)
    setIsOpen(false)
  }
  const isAny = value.from === undefined && value.to === undefined
  return (
    <Popover
      label={t('dates')}
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <button type="button" className={isAny ? 'select filter' : 'select filter set'}>
          <CalendarDays size={14} aria-hidden="true" />
          <RangeText value={value} nowMs={nowMs} />
        </button>
      }
    >
      <div className="col g12">
        <div className="row g6 wrap">
          <Button size="sm" onClick={() => choose({})}>
            {t('anyTime')}
          </Button>
          <Button size="sm" onClick={() => choose({ from: dayStart(nowMs) })}>
            {t('today')}
          </Button>
          {NAMED_DAYS.map((days) => (
            <Button key={days} size="sm" onClick={() => choose({ from: dayStart(nowMs, 1 - days) })}>
              {t('lastDays', { days })}
            </Button>
          ))}
        </div>
        <CustomDates value={value} onApply={choose} />
      </div>
    </Popover>
  )
}

function RangeText({ value, nowMs }: { readonly value: Range; readonly nowMs: number }) {
  const t = useKitWords()
  const { language } = useAppearance()
  const { from, to } = value
  if (from === undefined && to === undefined) return t('anyTime')
  const isToNow = to === undefined || to > nowMs
  if (isToNow && from === dayStart(nowMs)) return t('today')
  const days = NAMED_DAYS.find((each) => from === dayStart(nowMs, 1 - each))
  if (isToNow && days !== undefined) return t('lastDays', { days })
  const text = (atMs: number | undefined) => (atMs === undefined ? '' : dateText(atMs, nowMs, language))
  return `${text(from)} – ${isToNow ? t('today') : text((to ?? 0) - 1)}`
}

function CustomDates({
  value,
  onApply,
}: {
  readonly value: Range
  readonly onApply: (range: Range) => void
}) {
  const t = useKitWords()
  const [from, setFrom] = useState(value.from === undefined ? '' : dayText(value.from))
  const [to, setTo] = useState(value.to === undefined ? '' : dayText(value.to - 1))
  return (
    <div className="row g8 wrap" style={{ alignItems: 'flex-end' }}>
      <Field label={t('fromDay')}>
        <TextInput type="date" value={from} onChange={setFrom} max={to || undefined} />
      </Field>
      <Field label={t('toDay')}>
        <TextInput type="date" value={to} onChange={setTo} min={from || undefined} />
      </Field>
      <Button
        disabled={from === '' && to === ''}
        onClick={() => onApply({ from: dayOf(from), to: dayOf(to, 1) })}
      >
        {t('apply')}
      </Button>
    </div>
  )
}

/** `2026-09-14`, as the browser's own date field writes it. */
function dayText(atMs: number): string {
  const day = new Date(atMs)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

function dayOf(text: string, daysLater = 0): number | undefined {
  const [year, month, day] = text.split('-').map(Number)
  if (year === undefined || month === undefined || day === undefined) return undefined
  return new Date(year, month - 1, day + daysLater).getTime()
}
