// Loaded before everything else, in threads as well: what a thread of the server begins with is the built one of dist/server.
// From source each of them compiles half of the server again, which is most of a second of a core.
import { registerHooks } from 'node:module'
import { basename } from 'node:path'

const BUILT = new URL('../../dist/server/', import.meta.url)
const SOURCE = /\/server\/(?:[^/]+\/)*[^/]+-worker\.ts$/

registerHooks({
  resolve: (specifier, context, next) =>
    SOURCE.test(specifier)
      ? { url: new URL(`${basename(specifier, '.ts')}.mjs`, BUILT).href, shortCircuit: true }
      : next(specifier, context),
})
