// A small repository for tests of the set-up: a manifest, a lockfile that names one package, and an npm that keeps a record
// of its calls instead of loading anything.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const MANIFEST = { name: 'fixture', dependencies: { zod: '1.0.0' } }

export interface SetUpFixture {
  readonly root: string
  /** Where `npm_execpath` has to point. */
  readonly npmPath: string
  write(path: string, content: string | object): void
  /** The arguments of every call, one string each. */
  npmCalls(): readonly string[]
  remove(): void
}

/** What real npm does as far as set-up looks at it: `ci` empties node_modules, fills it, and notes down what it put there. */
const RECORDING_NPM = `
const fs = require('node:fs')
fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n')
if (fs.existsSync('npm-fails')) process.exit(1)
if (process.argv[2] === 'ci') {
  fs.rmSync('node_modules', { recursive: true, force: true })
  fs.mkdirSync('node_modules/zod', { recursive: true })
  const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'))
  delete packages['']
  if (!fs.existsSync('npm-is-interrupted')) fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }))
}
`

export function lockfileWith(zodVersion: string): object {
  return {
    packages: {
      '': { dependencies: MANIFEST.dependencies },
      'node_modules/zod': { version: zodVersion, integrity: `sha512-${zodVersion}` },
    },
  }
}

export function createSetUpFixture(): SetUpFixture {
  const root = mkdtempSync(join(tmpdir(), 'set-up-'))
  const npmPath = join(root, 'npm', 'npm-cli.js')
  const fixture: SetUpFixture = {
    root,
    npmPath,
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
    },
    npmCalls() {
      const path = join(root, 'npm-calls')
      return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
  fixture.write('npm/npm-cli.js', RECORDING_NPM)
  fixture.write('package.json', MANIFEST)
  fixture.write('package-lock.json', lockfileWith('1.0.0'))
  return fixture
}
