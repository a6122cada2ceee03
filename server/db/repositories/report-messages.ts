// What the thread that reads long reports can be asked, and what it answers.
import type { DashboardReport, DashboardRequest } from './dashboard-report.ts'
import type { SeriesReport, SeriesRequest, TopReport, TopRequest } from './usage-report.ts'
import type { CountedFilter } from './usage-sums.ts'
import type { UsageTotals } from './usage-totals.ts'

export interface ReportKinds {
  readonly summary: { readonly request: CountedFilter; readonly report: UsageTotals }
  readonly series: { readonly request: SeriesRequest; readonly report: SeriesReport }
  readonly top: { readonly request: TopRequest; readonly report: TopReport }
  readonly dashboard: { readonly request: DashboardRequest; readonly report: DashboardReport }
}

export type ReportKind = keyof ReportKinds

export type ReportQuestion = {
  [Kind in ReportKind]: { readonly kind: Kind; readonly request: ReportKinds[Kind]['request'] }
}[ReportKind]

export type ReportAnswer =
  | { readonly ok: true; readonly report: unknown }
  | { readonly ok: false; readonly message: string }
