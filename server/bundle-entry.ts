// Where the bundle begins: has V8's code kept in a folder beside the bundle, so that the next start need not compile it again,
// lets nothing be optimized before the server has something to do, and runs the host for plain Node.
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { optimizeNothingYet, optimizeOnceBusy } from './host/engine.ts'
import { makeEverythingYoung } from './host/young-memory.ts'

optimizeNothingYet()
makeEverythingYoung()
// Where the folder cannot be written, this does nothing. What it holds is bound to the version of Node, to the engine's
// settings and to every byte of the bundle.
enableCompileCache(join(import.meta.dirname, 'compiled'))
const { started } = await import('./headless.ts')
await started
// Kept as it is now: what a start compiles, and no more, is what the next one loads.
flushCompileCache()
optimizeOnceBusy()
