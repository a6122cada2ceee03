// `npm start`: sets up what is missing and opens the desktop app, or starts headless where there can be none.
import './require-node.mjs'
import { bundlePath } from './bundle.mjs'
import { desktopObstacle, electronPath, ensureElectron } from './desktop-runtime.mjs'
import { nodePath } from './packages.mjs'
import { runInChild, runUnderNode } from './run-under-node.mjs'
import { endWith } from './set-up-error.mjs'
import { ROOT, setUp } from './setup.mjs'

async function start() {
  await setUp()
  const args = process.argv.slice(2)
  const obstacle = desktopObstacle(process) ?? (await ensureElectron(ROOT))
  if (obstacle === undefined) {
    process.exitCode = await runInChild(electronPath(ROOT) ?? '', [ROOT, ...args])
    return
  }
  process.stderr.write(`The desktop app is not opened, because ${obstacle}: starting without it.\n`)
  await runUnderNode(nodePath(ROOT), bundlePath(ROOT), args)
}

start().catch(endWith)
