// A process that puts usage in order, step by step, until it is killed or nothing is left to do.
import { openDatabase } from '../../server/db/open.ts'
import { createUsageUpkeep } from '../../server/db/repositories/usage-upkeep.ts'

const [path = '', beforeText = ''] = process.argv.slice(2)
const before = Number(beforeText)
const db = openDatabase(path)
// It is the process that dies here, and not the machine.
db.raw.pragma('synchronous = OFF')
const upkeep = createUsageUpkeep(db)
const DAY = 24 * 3_600_000
const dayOf = (atMs: number) => {
  const startMs = Math.floor(atMs / DAY) * DAY
  return { startMs, endMs: startMs + DAY }
}

process.stdout.write('begun\n')
let isMore = true
while (isMore) {
  const steps = [
    upkeep.rollUp(before, 200),
    upkeep.rollUpDays(before, 150, dayOf),
    upkeep.expire(before, 100, dayOf),
    upkeep.compactToHours(before - 3_600_000, 100, dayOf),
    upkeep.compactToDays(before - 2 * 3_600_000, 100, dayOf),
  ]
  isMore = steps.includes(true)
}
process.stdout.write('done\n')
