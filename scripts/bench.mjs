// `npm run bench [-- FLAGS]`: measures the gateway beside others, after setting up what that needs.
import './require-node.mjs'
import { join } from 'node:path'
import { nodePath } from './packages.mjs'
import { runUnderNode } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'

setUp({ withClients: true })
  .then(() =>
    runUnderNode(nodePath(ROOT), join(ROOT, 'test', 'bench', 'run-bench.ts'), process.argv.slice(2)),
  )
  .catch(endWith)
