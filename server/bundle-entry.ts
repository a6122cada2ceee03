// Where the bundle begins: has V8 keep the code that it compiles in a folder beside the bundle, so that the next start need
// not compile it again, and runs the host for plain Node.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { makeEverythingYoung } from './host/young-memory.ts'

makeEverythingYoung()
// Where the folder cannot be written, this does nothing. What it holds is bound to the version of Node and to every byte of
// the bundle. It is written when the process ends by itself.
enableCompileCache(join(import.meta.dirname, 'compiled'))
await import('./headless.ts')
