// The profile is written where it belongs and nowhere else: no link is followed, nothing unseen is replaced, and undoing brings
// back what was there.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { codexDirOf, createCodexProfile } from './codex-profile.ts'

const MODEL = 'demo-smart'

function home() {
  const root = mkdtempSync(join(tmpdir(), 'codex-gateway-profile-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const codexDir = join(root, '.codex')
  const file = join(codexDir, 'gateway.config.toml')
  let port = 8080
  const profile = createCodexProfile({
    codexDir,
    backupFile: join(root, 'data', 'codex-profile.json'),
    baseUrl: () => `http://127.0.0.1:${port}/v1`,
  })
  return {
    root,
    codexDir,
    file,
    profile,
    moveTo: (next: number) => {
      port = next
    },
  }
}

test('a new profile is written beside settings that stay as they are, and undone to nothing', () => {
  const { codexDir, file, profile } = home()
  mkdirSync(codexDir)
  writeFileSync(join(codexDir, 'config.toml'), 'model = "mine"')
  expect(profile.view(MODEL)).toMatchObject({ path: file, problem: null, current: null, undoing: null })
  expect(profile.write({ model: MODEL, seen: null })).toEqual({ outcome: 'done' })
  const written = readFileSync(file, 'utf8')
  expect(written).toContain('base_url = "http://127.0.0.1:8080/v1"')
  expect(written).not.toContain('sk-')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(profile.view(MODEL)).toMatchObject({ current: written, proposed: written, undoing: 'removes' })
  expect(profile.undo()).toEqual({ outcome: 'done' })
  expect(readdirSync(codexDir)).toEqual(['config.toml'])
  expect(readFileSync(join(codexDir, 'config.toml'), 'utf8')).toBe('model = "mine"')
})

test("what stood there comes back, also after writing twice; what was changed since is nobody's to undo", () => {
  const { codexDir, file, profile, moveTo } = home()
  mkdirSync(codexDir)
  writeFileSync(file, 'of = "somebody"\n')
  expect(profile.write({ model: MODEL, seen: null })).toEqual({ outcome: 'changed_meanwhile' })
  expect(profile.write({ model: MODEL, seen: 'of = "somebody"\n' })).toEqual({ outcome: 'done' })
  moveTo(9090)
  const { current, proposed } = profile.view(MODEL)
  expect(proposed).toContain(':9090/')
  expect(profile.write({ model: MODEL, seen: current })).toEqual({ outcome: 'done' })
  writeFileSync(file, 'edited = true\n')
  expect(profile.undo()).toEqual({ outcome: 'changed_meanwhile' })
  writeFileSync(file, proposed)
  expect(profile.view(MODEL).undoing).toBe('restores')
  expect(profile.undo()).toEqual({ outcome: 'done' })
  expect(readFileSync(file, 'utf8')).toBe('of = "somebody"\n')
  expect(profile.undo()).toEqual({ outcome: 'changed_meanwhile' })
})

test('a model cannot break out of its string', () => {
  const { profile } = home()
  const { proposed } = profile.view('a"\n[mcp_servers.x]\ncommand = "sh')
  expect(proposed.split('\n').filter((line) => line.startsWith('['))).toEqual(['[model_providers.gateway]'])
})

test.runIf(process.platform !== 'win32')('no link is followed, neither of the file nor of its folder', () => {
  const { root, codexDir, file, profile } = home()
  const elsewhere = join(root, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'precious'), 'precious')
  mkdirSync(codexDir)
  symlinkSync(join(elsewhere, 'precious'), file)
  expect(profile.view(MODEL)).toMatchObject({ problem: 'link', current: null })
  expect(profile.write({ model: MODEL, seen: null })).toEqual({ outcome: 'link' })
  rmSync(codexDir, { recursive: true })
  symlinkSync(elsewhere, codexDir)
  expect(profile.write({ model: MODEL, seen: null })).toEqual({ outcome: 'link' })
  expect(profile.undo()).toEqual({ outcome: 'link' })
  expect(readdirSync(elsewhere)).toEqual(['precious'])
  expect(readFileSync(join(elsewhere, 'precious'), 'utf8')).toBe('precious')
})

test("something else of that name, and a file that is none of a person's hand, are left alone", () => {
  const { codexDir, file, profile } = home()
  mkdirSync(file, { recursive: true })
  expect(profile.view(MODEL).problem).toBe('not_a_file')
  rmSync(codexDir, { recursive: true })
  writeFileSync(codexDir, 'a file in the place of the folder')
  expect(profile.write({ model: MODEL, seen: null })).toEqual({ outcome: 'not_a_file' })
  rmSync(codexDir)
  mkdirSync(codexDir)
  writeFileSync(file, 'x'.repeat(70_000))
  expect(profile.view(MODEL).problem).toBe('too_large')
  // Read as a text it would come back as another one.
  writeFileSync(file, Buffer.from('name = "caf\xe9"', 'latin1'))
  expect(profile.view(MODEL).problem).toBe('not_text')
  expect(profile.write({ model: MODEL, seen: 'name = "caf\ufffd"' })).toEqual({ outcome: 'not_text' })
})

// Windows keeps who may do what in access lists, not in these bits.
test.skipIf(process.platform === 'win32')(
  'a folder that may not be written to stays as it is, and leaves no backup of what was not done',
  () => {
    const { root, codexDir, profile } = home()
    mkdirSync(codexDir)
    mkdirSync(join(root, 'data'))
    const outcome = asOrdinaryPerson([root, codexDir, join(root, 'data')], () => {
      chmodSync(codexDir, 0o500)
      return profile.write({ model: MODEL, seen: null })
    })
    expect(outcome).toEqual({ outcome: 'not_allowed' })
    expect([readdirSync(codexDir), readdirSync(join(root, 'data'))]).toEqual([[], []])
  },
)

/** The superuser may write anywhere, so it becomes somebody else for a moment. */
function asOrdinaryPerson<T>(dirs: readonly string[], run: () => T): T {
  if (process.getuid?.() !== 0) return run()
  const nobody = 65_534
  for (const dir of dirs) chownSync(dir, nobody, nobody)
  process.seteuid?.(nobody)
  try {
    return run()
  } finally {
    process.seteuid?.(0)
  }
}

test("Codex's folder is where Codex looks for it", () => {
  expect(codexDirOf({ CODEX_HOME: '/srv/codex' })).toBe('/srv/codex')
  expect(codexDirOf({ CODEX_HOME: '' })).toMatch(/\.codex$/)
})
