// Builds the server into dist/, and says where the tests are and how they run.
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import {
  beginsWith,
  serverBuild,
  serverResolve,
  serverSsr,
  takeWithoutImport,
  waitsForNoImporter,
  writeAscii,
} from './scripts/server-build.ts'
import { collectLicences, LICENCES_FILE } from './server/system/licences.ts'

const root = import.meta.dirname

/**
 * Tests that put something in the place of a module, which another test of the same process may have loaded, and one that counts
 * bytes of the engine's memory, which depend on what has run before.
 */
const ISOLATED_TESTS = [
  'test/faults/{disk,lost-holds}.test.ts',
  'test/integration/hashing-calls.test.ts',
  'electron/{gateway-actions,login-item,network-watch,notifications,quit,session-end,tray}.test.ts',
  'server/db/journal-memory.test.ts',
]
const NEVER_TESTS = ['**/node_modules/**', 'dist/**', 'test/architecture/canary/**']

/** What is shipped and under which licences, as the console lists it. */
function writeLicences(): Plugin {
  return {
    name: 'write-licences',
    apply: 'build',
    closeBundle() {
      writeFileSync(join(root, 'dist', LICENCES_FILE), JSON.stringify(collectLicences(root)))
    },
  }
}

/** The bundle finds its migrations where the source does: in the folder `drizzle` beside the folder `server`. */
function copyMigrations(): Plugin {
  const from = join(root, 'drizzle')
  const to = join(root, 'dist', 'drizzle')
  return {
    name: 'copy-migrations',
    apply: 'build',
    closeBundle() {
      rmSync(to, { recursive: true, force: true })
      cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.ts') })
    },
  }
}

/** They have to run before the rest is read: they say how it is compiled. */
const RUNS_FIRST = /server[\\/](bundle-entry|host[\\/](engine|young-memory))\.ts$/

export default defineConfig({
  plugins: [
    copyMigrations(),
    writeLicences(),
    writeAscii(),
    takeWithoutImport(),
    beginsWith('headless'),
    waitsForNoImporter(),
  ],
  resolve: serverResolve(root),
  ssr: serverSsr,
  build: serverBuild(
    { headless: join(root, 'server/bundle-entry.ts'), server: join(root, 'server/headless.ts') },
    {
      // All that a start loads is one file, whatever else shares parts of it: for each file Node looks up a path, and more.
      codeSplitting: {
        groups: [{ name: 'server', tags: ['$initial'], test: (id) => !RUNS_FIRST.test(id) }],
      },
    },
  ),
  // The renderer's tests are compiled as its build compiles it.
  oxc: { jsx: { runtime: 'automatic' } },
  define: { __BUILD_ID__: JSON.stringify('test') },
  test: {
    // Native add-ons and worker threads want a process of their own; two cores carry two of them.
    pool: 'forks',
    maxWorkers: 2,
    // The files of one process share their modules: loading them anew for each took a third of the run. No test may
    // therefore leave anything behind in one.
    isolate: false,
    // Threads that load TypeScript do so through WebAssembly. Where several of them replace the engine's code for its calls into
    // JavaScript at once, it ends the process (`UnregisterWasmAllocation`, V8 13.6): it never does here.
    execArgv: [
      '--wasm-wrapper-tiering-budget=1000000000',
      `--import=${pathToFileURL(join(root, 'test/support/threads-as-built.mjs'))}`,
    ],
    // Threads as they are built (ADR 0185), built before the first test.
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // What is polled for comes when a busy machine gets to it.
    expect: { poll: { timeout: 15_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['{contract,server,electron,scripts,test}/**/*.test.ts'],
          exclude: [...NEVER_TESTS, ...ISOLATED_TESTS, 'test/{e2e,electron-host,packaging}/**'],
        },
      },
      {
        extends: true,
        test: { name: 'isolated', include: ISOLATED_TESTS, isolate: true },
      },
      {
        extends: true,
        test: {
          name: 'renderer',
          include: ['renderer/**/*.test.{ts,tsx}'],
          exclude: NEVER_TESTS,
          environment: 'happy-dom',
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: NEVER_TESTS,
          // A journey is many steps of a browser, on a machine that runs other tests beside it.
          testTimeout: 120_000,
          // The built pages, and one browser for all journeys.
          globalSetup: ['test/e2e/support/global-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'desktop',
          include: ['test/{electron-host,packaging}/**/*.test.ts'],
          exclude: NEVER_TESTS,
          testTimeout: 120_000,
          globalSetup: ['test/electron-host/global-setup.ts'],
        },
      },
    ],
  },
})
