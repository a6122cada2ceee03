// `npm run torture [-- FLAGS]`: kills, mixed endings and fuzzing for as long as is asked, after setting up what that needs.
import './require-node.mjs'
import { join } from 'node:path'
import { nodePath } from './packages.mjs'
import { runUnderNode } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'

setUp({ withClients: false })
  .then(() =>
    runUnderNode(nodePath(ROOT), join(ROOT, 'test', 'torture', 'run-torture.ts'), process.argv.slice(2)),
  )
  .catch(endWith)
