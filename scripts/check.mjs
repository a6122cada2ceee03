// `npm run check`: types, lint, format, unused code, import rules, lockfiles. The same checks are part of `npm test`.
import './require-node.mjs'
import { join } from 'node:path'
import { nodePath } from './packages.mjs'
import { runUnderNode } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'

setUp({ withClients: true })
  .then(() => runUnderNode(nodePath(ROOT), join(ROOT, 'scripts', 'run-checks.ts'), process.argv.slice(2)))
  .catch(endWith)
