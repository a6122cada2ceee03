// `npm run build`: the server into dist/, whether or not its sources have changed.
import './require-node.mjs'
import { endWith } from './set-up-error.mjs'
import { setUp } from './setup.mjs'

setUp({ isBuildForced: true }).catch(endWith)
