// `npm run package [-- FLAGS OF ELECTRON-BUILDER]`: builds everything and packs the desktop app for this system into
// dist/packages. CODEX_GATEWAY_UPDATE_FEED is where these will look for newer ones. Fetches Electron's runtime and the packagers' own tools; nothing is uploaded.
import './require-node.mjs'
import { join } from 'node:path'
import { nodePath } from './packages.mjs'
import { runInChild } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'
import { publishFlags } from './update-feed.mjs'

async function packageApp() {
  await setUp({ isBuildForced: true })
  const packager = join(ROOT, 'node_modules', 'electron-builder', 'cli.js')
  const config = join(ROOT, 'electron-builder.yml')
  process.exitCode = await runInChild(nodePath(ROOT), [
    packager,
    '--config',
    config,
    '--publish',
    'never',
    ...publishFlags(process.env),
    ...process.argv.slice(2),
  ])
}

packageApp().catch(endWith)
