// Builds the desktop app's main process, with the whole server in it, into dist/electron. Worker threads stand beside it,
// where the server looks for them. The pages, the migrations and the list of licences come with the other builds.
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineConfig } from 'vite'
import { waitsForNoImporter } from '../scripts/server-build.ts'

const root = join(import.meta.dirname, '..')
const workerThreads = Object.fromEntries(
  globSync('server/**/*-worker.ts', { cwd: root }).map((path) => [basename(path, '.ts'), join(root, path)]),
)

export default defineConfig({
  root,
  plugins: [waitsForNoImporter()],
  ssr: {
    noExternal: true,
    external: ['electron', 'better-sqlite3', '@node-rs/argon2', '@napi-rs/keyring'],
    target: 'node',
  },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/electron',
    emptyOutDir: true,
    sourcemap: false,
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { main: join(root, 'electron/main.ts'), ...workerThreads },
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
})
