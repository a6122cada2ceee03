// The thread that reads long reports, over a connection of its own that can only read, one report after another.
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { ZodType } from 'zod'
import { dashboardGet } from '../../contract/operations/dashboard.ts'
import { usageSeries, usageSummary, usageTop } from '../../contract/operations/usage.ts'
import { loadSqlite } from './database-thread.ts'
import { openDatabase } from './open.ts'
import { type DashboardRequest, readDashboard as readPast } from './repositories/dashboard-report.ts'
import type { ReportAnswer, ReportKind, ReportKinds, ReportQuestion } from './repositories/report-messages.ts'
import { createUsageReport } from './repositories/usage-report.ts'

loadSqlite()

/** On Linux a priority is a thread's own; elsewhere it would be that of the whole gateway. */
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)

// The path, as whoever started the thread gave it.
const db = openDatabase((workerData as { readonly path: string }).path, { readonly: true })
const usage = createUsageReport(db)

/** What is known at once is for others to add. */
const pastOfDashboard = dashboardGet.output.omit({ running: true, attention: true, announcement: true })

const written = (contract: ZodType, report: object): string => JSON.stringify(contract.parse(report))

function readSeries({ timeZone, ...request }: ReportKinds['series']['request']): string {
  const buckets = [...request.buckets]
  return written(usageSeries.output, { timeZone, buckets, ...usage.series(request) })
}

function readDashboard(request: DashboardRequest): ReportKinds['dashboard']['report'] {
  const { lowBalances, waiting, series, ...past } = readPast(db, request)
  const days = { timeZone: request.timeZone, buckets: [...request.days] }
  return { past: written(pastOfDashboard, { ...past, series: { ...days, ...series } }), lowBalances, waiting }
}

function read(question: ReportQuestion): ReportKinds[ReportKind]['report'] {
  switch (question.kind) {
    case 'summary':
      return written(usageSummary.output, usage.summary(question.request))
    case 'series':
      return readSeries(question.request)
    case 'top':
      return written(usageTop.output, usage.top(question.request))
    case 'dashboard':
      return readDashboard(question.request)
  }
}

/** One picture of the database for the whole report, so that its parts fit each other. */
const readAtOnce = db.raw.transaction(read)

parentPort?.on('message', (question: ReportQuestion) => {
  let answer: ReportAnswer
  try {
    answer = { ok: true, report: readAtOnce(question) }
  } catch (error) {
    answer = { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
  parentPort?.postMessage(answer)
})
