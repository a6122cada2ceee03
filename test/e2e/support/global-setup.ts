// Before the first journey: the pages are built where they are stale, and one browser is started for all of them. Without a
// browser on this system the journeys are skipped, each by its name.
import { join } from 'node:path'
import { chromium } from 'playwright'
import type { TestProject } from 'vitest/node'
import { ensurePages } from '../../../scripts/bundle.mjs'
import { findPageBrowser } from '../../../scripts/system-needs.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser listens; empty where there is none. */
    readonly browserEndpoint: string
  }
}

const ROOT = join(import.meta.dirname, '..', '..', '..')

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensurePages(ROOT)
  const executablePath = findPageBrowser()
  if (executablePath === undefined) {
    project.provide('browserEndpoint', '')
    return () => Promise.resolve()
  }
  const server = await chromium.launchServer({
    executablePath,
    // The browser's own sandbox refuses to work for root, as which containers run tests.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  project.provide('browserEndpoint', server.wsEndpoint())
  return () => server.close()
}
