// `npm run headless -- [--port N] [--host H] [--data-dir D]`: sets up what is missing and runs the server without a screen.
// Nothing but the server writes to stdout, and it writes its ready line there.
import './require-node.mjs'
import { bundlePath } from './bundle.mjs'
import { nodePath } from './packages.mjs'
import { runUnderNode } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'

setUp()
  .then(() => runUnderNode(nodePath(ROOT), bundlePath(ROOT), process.argv.slice(2)))
  .catch(endWith)
