// Threads of the server are started in tests as they are shipped: from source, each takes most of a second of a core.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const SOURCES = globSync('server/**/*-worker.ts', { cwd: ROOT })

test('there are threads', () => expect(SOURCES.length).toBeGreaterThan(0))

test.each(SOURCES)('%s begins with what was built of it', async (path) => {
  const source = pathToFileURL(join(ROOT, path)).href
  const asked = `import { parentPort } from 'node:worker_threads'; parentPort.postMessage(import.meta.resolve('${source}'))`
  const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(asked)}`))
  const resolved = await new Promise((resolve, reject) =>
    thread.once('message', resolve).once('error', reject),
  )
  expect(resolved).toMatch(/\/dist\/server\/[\w-]+-worker\.mjs$/)
})
