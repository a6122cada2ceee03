// Before the first journey through the desktop app: everything that it is made of is built where it is stale.
import { join } from 'node:path'
import { ensureBundle } from '../../scripts/bundle.mjs'

export const setup = (): Promise<void> => ensureBundle(join(import.meta.dirname, '..', '..'))
