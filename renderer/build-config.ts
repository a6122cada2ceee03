// How the two web apps are built: the portal for `/`, the console for `/admin` and `/setup`. Each becomes a folder of files
// whose names carry their content's hash, with a compressed copy beside every file that gets smaller by it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin, UserConfig } from 'vite'
import { pagesHash } from '../scripts/bundle.mjs'

const ROOT = join(import.meta.dirname, '..')
const COMPRESSED = /\.(html|js|css|svg|json)$/
/** Below this, headers weigh more than what is saved. */
export const COMPRESS_BYTES_MIN = 600
/** What understands `:has`, container queries and `color-mix`, which the style sheets use. */
const BROWSERS = ['chrome111', 'firefox121', 'safari16.4']

export interface AppBuild {
  readonly name: 'portal' | 'console' | 'specimen'
  /** Where the app's files are served from. */
  readonly base: string
}

export function appConfig({ name, base }: AppBuild): UserConfig {
  const outDir = join(ROOT, 'dist', 'renderer', name)
  const buildId = pagesHash(ROOT).slice(0, 16)
  return {
    root: join(import.meta.dirname, name),
    base,
    publicDir: join(import.meta.dirname, 'public'),
    plugins: [writeBuildId(outDir, buildId), compressFiles(outDir)],
    define: { __BUILD_ID__: JSON.stringify(buildId) },
    oxc: { jsx: { runtime: 'automatic' } },
    build: {
      outDir,
      emptyOutDir: true,
      target: BROWSERS,
      // A font inside a style sheet would delay the first paint, and the policy allows none there.
      assetsInlineLimit: 0,
      manifest: true,
      reportCompressedSize: false,
      // test/e2e/budget.test.ts holds what a page may weigh.
      chunkSizeWarningLimit: 1000,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        // `use client` in packages speaks to frameworks that render on a server; there is none here.
        checks: { moduleLevelDirective: false },
      },
    },
  }
}

/** The server says in a header which build it serves, so that a page of another one asks to be reloaded. */
function writeBuildId(outDir: string, buildId: string): Plugin {
  return {
    name: 'write-build-id',
    apply: 'build',
    writeBundle: () => writeFileSync(join(outDir, 'build-id'), buildId),
  }
}

function compressFiles(outDir: string): Plugin {
  return {
    name: 'compress-files',
    apply: 'build',
    closeBundle() {
      const files = readdirSync(outDir, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && COMPRESSED.test(entry.name),
      )
      for (const { parentPath, name } of files) compress(join(parentPath, name))
    },
  }
}

function compress(path: string): void {
  const bytes = readFileSync(path)
  if (bytes.length < COMPRESS_BYTES_MIN) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }))
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }))
}
