// Before the first test: the server's threads are built where they are stale, as every test starts the built ones.
import { join } from 'node:path'
import { ensureServer } from '../../scripts/bundle.mjs'

export const setup = (): Promise<void> => ensureServer(join(import.meta.dirname, '..', '..'))
