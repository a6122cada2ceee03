// `npm start`: sets up what is missing and opens the product.
import './require-node.mjs'
import { bundlePath } from './bundle.mjs'
import { nodePath } from './packages.mjs'
import { runUnderNode } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'

setUp()
  .then(() => {
    process.stderr.write('The desktop app is not part of this version yet: starting without it.\n')
    return runUnderNode(nodePath(ROOT), bundlePath(ROOT), process.argv.slice(2))
  })
  .catch(endWith)
