// Packs the app as electron-builder does for Linux, against an empty folder in place of Electron's runtime, and reads what is in
// the archive. https://github.com/electron/asar: eight bytes, a length, a JSON header, then the files one after another.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build, type Configuration, Platform } from 'electron-builder'
import { ROOT } from '../../scripts/setup.mjs'

export interface PackedFile {
  readonly path: string
  readonly bytes: number
  /** Kept beside the archive, where the system can load it. */
  readonly isUnpacked: boolean
  read(): Buffer
}

export interface PackedApp {
  readonly files: readonly PackedFile[]
  /** A file beside the archive; undefined where there is none. */
  beside(name: string): string | undefined
  /** Writes the app as a folder, as far as plain Node needs one. */
  extract(dir: string): void
  remove(): void
}

interface Node {
  readonly files?: Readonly<Record<string, Node>>
  readonly size?: number
  readonly offset?: string
  readonly unpacked?: boolean
}

/** `changes` are laid over the configuration that is shipped with. Rejects where the packager does not know a member of it. */
export async function packApp(changes: Configuration = {}): Promise<PackedApp> {
  const dir = mkdtempSync(join(tmpdir(), 'codex-gateway-package-'))
  await build({
    projectDir: ROOT,
    targets: Platform.LINUX.createTarget('dir'),
    config: {
      extends: 'electron-builder.yml',
      electronDist: emptyRuntime(dir),
      // The runtime's switches are set in a runtime, which this is not.
      electronFuses: null,
      directories: { output: dir },
      ...changes,
    },
    publish: 'never',
  }).catch((error: unknown) => {
    rmSync(dir, { recursive: true, force: true })
    throw error
  })
  const archive = join(dir, 'linux-unpacked', 'resources', 'app.asar')
  const files = readArchive(archive)
  return {
    files,
    beside(name) {
      const path = join(dirname(archive), name)
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined
    },
    extract(target) {
      for (const file of files) {
        const path = join(target, file.path)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, file.read())
      }
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** What electron-builder looks for in a runtime, and nothing that runs. */
function emptyRuntime(dir: string): string {
  const runtime = join(dir, 'runtime')
  mkdirSync(join(runtime, 'resources'), { recursive: true })
  for (const file of ['electron', 'version', 'LICENSE', 'LICENSES.chromium.html'])
    writeFileSync(join(runtime, file), '')
  chmodSync(join(runtime, 'electron'), 0o755)
  return runtime
}

function readArchive(archive: string): readonly PackedFile[] {
  const whole = readFileSync(archive)
  const headerBytes = whole.readUInt32LE(4)
  const header = JSON.parse(whole.toString('utf8', 16, 16 + whole.readUInt32LE(12))) as Node
  const list = (node: Node, path: string): readonly PackedFile[] => {
    if (node.files !== undefined)
      return Object.entries(node.files).flatMap(([name, child]) =>
        list(child, path === '' ? name : `${path}/${name}`),
      )
    const { size = 0, offset = '0', unpacked = false } = node
    const start = 8 + headerBytes + Number(offset)
    const read = () =>
      unpacked ? readFileSync(join(`${archive}.unpacked`, path)) : whole.subarray(start, start + size)
    return [{ path, bytes: size, isUnpacked: unpacked, read }]
  }
  return list(header, '')
}
