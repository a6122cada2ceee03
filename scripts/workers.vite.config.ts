// Builds the worker threads of the server into dist/server, beside the file that starts them. Apart from the server, so that a
// thread loads its own few parts and not the file with everything in it.
import { join } from 'node:path'
import { defineConfig } from 'vite'
import {
  serverBuild,
  serverSsr,
  startsOneThread,
  takeWithoutImport,
  waitsForNoImporter,
  workerInputs,
  writeAscii,
} from './server-build.ts'

const root = join(import.meta.dirname, '..')

export default defineConfig({
  root,
  plugins: [writeAscii(), takeWithoutImport(), startsOneThread(), waitsForNoImporter()],
  ssr: serverSsr,
  build: serverBuild(workerInputs(root), {
    // A server that is running starts this one again and again, and has to find the code that fits it: under a name of its own.
    // What others need as well lies beside it: they would begin a writer otherwise.
    codeSplitting: {
      groups: [
        { name: 'writing', test: /server[\\/]db[\\/]writer-loop\.ts$/, priority: 2 },
        { name: 'writer', test: /server[\\/]db[\\/]writer-worker\.ts$/, priority: 1 },
      ],
    },
  }),
})
