// The thread that reads long reports, over a connection of its own that can only read, one report after another.
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './open.ts'
import { readDashboard } from './repositories/dashboard-report.ts'
import type { ReportAnswer, ReportQuestion } from './repositories/report-messages.ts'
import { createUsageReport } from './repositories/usage-report.ts'

/** On Linux a priority is a thread's own; elsewhere it would be that of the whole gateway. */
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)

// The path, as whoever started the thread gave it.
const db = openDatabase((workerData as { readonly path: string }).path, { readonly: true })
const usage = createUsageReport(db)

function read(question: ReportQuestion): unknown {
  switch (question.kind) {
    case 'summary':
      return usage.summary(question.request)
    case 'series':
      return usage.series(question.request)
    case 'top':
      return usage.top(question.request)
    case 'dashboard':
      return readDashboard(db, question.request)
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
