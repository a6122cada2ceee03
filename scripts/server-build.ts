// How the server and its threads are built: files that Node runs as they are.
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { BuildEnvironmentOptions, Plugin } from 'vite'

/** Packages with machine code: they stay in node_modules, because a bundle cannot carry them. */
const NATIVE_PACKAGES = ['better-sqlite3', '@node-rs/argon2']

export const serverSsr = { noExternal: true, external: NATIVE_PACKAGES, target: 'node' } as const

/** What packages ask for, by what they get. */
export const serverResolve = (root: string) => ({
  alias: [
    { find: /^date-fns$/, replacement: join(root, 'server/host/log-dates.ts') },
    { find: /^body-parser$/, replacement: join(root, 'server/host/no-body-parser.ts') },
    { find: /^qs$/, replacement: join(root, 'server/host/no-nested-queries.ts') },
    // Of mime-db: each kind of content is an object, and there are 2,500.
    { find: /^mime-db$/, replacement: join(root, 'server/host/media-types.json') },
  ],
})

type Output = NonNullable<BuildEnvironmentOptions['rolldownOptions']>['output']

/** Each of the inputs becomes `<name>.mjs` in dist/server. */
export const serverBuild = (
  input: Readonly<Record<string, string>>,
  output: Exclude<Output, undefined | readonly unknown[]> = {},
) =>
  ({
    ssr: true,
    target: 'node24',
    outDir: 'dist/server',
    // A server that is running still loads parts of the bundle it was started from.
    emptyOutDir: false,
    // Its names are those of the sources. With the map, which Node reads whole at the start, it would take 120 MB more.
    sourcemap: false,
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { ...input },
      // What a start needs of them anyway is loaded by then.
      checks: { ineffectiveDynamicImport: false },
      // Comments would be in memory with the rest of the text.
      output: {
        entryFileNames: '[name].mjs',
        chunkFileNames: '[name]-[hash].mjs',
        comments: false,
        ...output,
      },
    },
  }) satisfies BuildEnvironmentOptions

/** Each `…-worker.ts`, by its name. */
export const workerInputs = (root: string): Record<string, string> =>
  Object.fromEntries(
    globSync('server/**/*-worker.ts', { cwd: root }).map((path) => [basename(path, '.ts'), join(root, path)]),
  )

/** A text with any other character in it takes two bytes for each while the server runs. */
export function writeAscii(): Plugin {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return {
    name: 'write-ascii',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        // The words of the tokenizer are hardly anything else, and are loaded where tokens have to be counted.
        if (file.type === 'chunk' && file.name !== 'token-count-worker') {
          file.code = file.code.replace(/[^\0-\x7f]/g, escaped)
        }
      }
    },
  }
}

/** What a chunk imports of Node or of a package with machine code: its names, or all of it under one, and from where. */
const IMPORT =
  /^import (?:([\w$]+)|\* as ([\w$]+)|(?:([\w$]+), )?\{([^}]*)\}) from "(node:[^"]+|better-sqlite3|@node-rs\/argon2)";$/gm

/**
 * Takes parts of Node as they are. An import asks for every member of a part, and some of them load much more: with
 * `node:http` comes a browser's fetch and HTTP/2, of 12 MB and 20 ms. A package of the old kind is required, without being
 * searched for what it exports.
 */
export function takeWithoutImport(): Plugin {
  return {
    name: 'take-without-import',
    apply: 'build',
    renderChunk(code) {
      let requires = ''
      const taken = code.replace(
        IMPORT,
        (_, whole?: string, everything?: string, also?: string, names?: string, from = '') => {
          if (!from.startsWith('node:'))
            requires =
              'const requireHere = process.getBuiltinModule("node:module").createRequire(import.meta.url);\n'
          const source = from.startsWith('node:')
            ? `process.getBuiltinModule("${from}")`
            : `requireHere("${from}")`
          const one = whole ?? everything ?? also
          const members = names?.replaceAll(/(\S+) as (\S+)/g, '$1: $2')
          return [
            ...(one === undefined ? [] : [`const ${one} = ${source};`]),
            ...(members === undefined ? [] : [`const {${members}} = ${source};`]),
          ].join('\n')
        },
      )
      return `${requires}${taken}`
    },
  }
}

/** The chunk where a program begins must import no other: that one's code would run before its own. */
export function beginsWith(name: string): Plugin {
  return {
    name: 'begins-with',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk' || !file.isEntry || file.name !== name) continue
        const first = file.imports.find((path) => path in bundle)
        if (first !== undefined)
          this.error(`${file.fileName} is to run before all else, and imports ${first}.`)
      }
    },
  }
}

/** A statement that waits, outside of any function. */
const WAITS = /^(?:await|for await|(?:const|let|var) [^\n]*= await)\b/m

/** A file that waits must be imported by no other: what it waits for could be the one that waits for it. */
export function waitsForNoImporter(): Plugin {
  return {
    name: 'waits-for-no-importer',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      for (const { fileName, code } of chunks) {
        const importer = WAITS.test(code) && chunks.find(({ imports }) => imports.includes(fileName))
        if (importer) this.error(`${fileName} waits for something, and ${importer.fileName} imports it.`)
      }
    },
  }
}

/** What a thread begins with runs where it is imported, so nothing but the file that the thread is started from may import it. */
export function startsOneThread(): Plugin {
  return {
    name: 'starts-one-thread',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const { fileName, beginning } of beginningsIn(Object.values(bundle))) {
        for (const other of Object.values(bundle)) {
          if (other.type !== 'chunk' || other.name === beginning || !other.imports.includes(fileName))
            continue
          this.error(`${other.fileName} imports ${fileName}, and would run ${beginning}.`)
        }
      }
    },
  }
}

interface Written {
  readonly fileName: string
  readonly moduleIds?: readonly string[]
}

/** The files that have what a thread begins with, each with its name. */
const beginningsIn = (files: readonly Written[]) =>
  files.flatMap(({ fileName, moduleIds = [] }) =>
    moduleIds
      .filter((id) => id.endsWith('-worker.ts'))
      .map((id) => ({ fileName, beginning: basename(id, '.ts') })),
  )
