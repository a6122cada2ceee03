// `npm run seed -- --data-dir D [FLAGS]`: fills a new data folder, after setting up what that needs.
import './require-node.mjs'
import { join } from 'node:path'
import { nodePath } from './packages.mjs'
import { runUnderNode } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'

setUp()
  .then(() => runUnderNode(nodePath(ROOT), join(ROOT, 'scripts', 'seed.ts'), process.argv.slice(2)))
  .catch(endWith)
