// `npm test [-- FILTER]`: every check and every test, after setting up what they need. With a filter, as vitest takes it,
// only the tests that match and no checks.
import './require-node.mjs'
import { join } from 'node:path'
import { nodePath } from './packages.mjs'
import { runUnderNode } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'

setUp({ withClients: true })
  .then(() => runUnderNode(nodePath(ROOT), join(ROOT, 'scripts', 'run-tests.ts'), process.argv.slice(2)))
  .catch(endWith)
