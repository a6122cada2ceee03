// A process that takes the lock of a data folder, says so, and stays until it is killed.
import { lockDataDir } from '../../server/db/lock.ts'

const [dataDir = ''] = process.argv.slice(2)
const lock = lockDataDir(dataDir, { pid: process.pid, since: 1_763_900_000_000, address: null })
if (!lock.ok) throw new Error('the lock is taken')
lock.value.describe({ pid: process.pid, since: 1_763_900_000_000, address: 'http://127.0.0.1:4321' })
process.stdout.write('locked\n')
setInterval(() => {}, 60_000)
