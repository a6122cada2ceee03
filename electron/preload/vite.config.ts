// Builds the preload script beside the main process. A sandboxed preload is one file of CommonJS that may require `electron`.
import { join } from 'node:path'
import { defineConfig } from 'vite'

const root = join(import.meta.dirname, '..', '..')

export default defineConfig({
  root,
  ssr: { noExternal: true, external: ['electron'] },
  build: {
    ssr: true,
    target: 'chrome140',
    outDir: 'dist/electron',
    emptyOutDir: false,
    reportCompressedSize: false,
    minify: false,
    rolldownOptions: {
      input: { preload: join(root, 'electron/preload/preload.ts') },
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
})
