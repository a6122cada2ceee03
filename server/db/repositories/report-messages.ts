// What the thread that reads long reports can be asked, and what it answers: JSON, so that nobody has to make it on the thread
// that requests go through.
import type { DashboardRequest, LowBalances, Waiting } from './dashboard-report.ts'
import type { SeriesRequest, TopRequest } from './usage-report.ts'
import type { CountedFilter } from './usage-sums.ts'

export interface ReportKinds {
  readonly summary: { readonly request: CountedFilter; readonly report: string }
  readonly series: {
    readonly request: SeriesRequest & { readonly timeZone: string }
    readonly report: string
  }
  readonly top: { readonly request: TopRequest; readonly report: string }
  readonly dashboard: {
    readonly request: DashboardRequest
    /** What else is looked at to say what needs attention, beside the text. */
    readonly report: { readonly past: string; readonly lowBalances: LowBalances; readonly waiting: Waiting }
  }
}

export type ReportKind = keyof ReportKinds

export type ReportQuestion = {
  [Kind in ReportKind]: { readonly kind: Kind; readonly request: ReportKinds[Kind]['request'] }
}[ReportKind]

export type ReportAnswer =
  | { readonly ok: true; readonly report: unknown }
  | { readonly ok: false; readonly message: string }
