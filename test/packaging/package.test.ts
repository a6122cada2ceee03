// What is shipped: a valid configuration, an archive with all that the app needs and nothing that it does not, and an app that
// starts from it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Configuration } from 'electron-builder'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { APP_ID } from '../../electron/app-id.ts'
import { ROOT } from '../../scripts/setup.mjs'
import { publishFlags, publishFor } from '../../scripts/update-feed.mjs'
import { dataDirWith, newDataDir, startDesktop } from '../electron-host/desktop-app.ts'
import { desktopJourney } from '../electron-host/desktop-journey.ts'
import { type PackedApp, packApp } from './packed-app.ts'

/** With the two web apps, without Electron itself. */
const BYTES_MAX = 20 * 1024 * 1024

const FEED = 'https://updates.example.test/codex-gateway/'

let packed: PackedApp
beforeAll(async () => {
  packed = await packApp({ publish: publishFor({ CODEX_GATEWAY_UPDATE_FEED: FEED }) })
}, 120_000)
afterAll(() => packed.remove())

const paths = () => packed.files.map(({ path }) => path)

test('the packager knows every member of the configuration, which names the runtime that is tested', async () => {
  // It looks at all of them before it packs; this one shows that it does.
  const unknown = { nsiss: {} } as Configuration
  await expect(packApp(unknown)).rejects.toThrow('nsiss')
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const configuration = readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')
  expect(configuration).toContain(`electronVersion: ${manifest.devDependencies.electron}\n`)
  expect(configuration).toContain(`\nappId: ${APP_ID}\n`)
})

test('what the app needs is there, of machine code for this platform only', () => {
  expect(paths()).toEqual(
    expect.arrayContaining([
      'package.json',
      'dist/electron/main.mjs',
      'dist/electron/preload.cjs',
      'dist/electron/token-count-worker.mjs',
      'dist/renderer/console/index.html',
      'dist/renderer/portal/index.html',
      'dist/drizzle/meta/_journal.json',
      'dist/licences.json',
      'build/tray/running.png',
      'build/icons/64x64.png',
    ]),
  )
  const native = packed.files.filter(({ path }) => path.endsWith('.node'))
  expect(native.map(({ path }) => path.replace(/^node_modules\//, '').split('/')[0])).toEqual([
    '@napi-rs',
    '@node-rs',
    'better-sqlite3',
  ])
  const platform = `${process.platform}-${process.arch}`
  for (const { path, isUnpacked } of native)
    expect([path, isUnpacked]).toEqual([expect.stringContaining(platform), true])
})

test('no sources, no tests, no documents, no secrets, and no more than the budget', () => {
  const strange = paths().filter(
    (path) =>
      !/^(package\.json|dist\/(electron|renderer|drizzle)\/|dist\/licences\.json$|build\/(tray|icons)\/|node_modules\/(better-sqlite3|@node-rs|@napi-rs)\/)/.test(
        path,
      ) || /\.(tsx?|map|md|test\.\w+|env|pem|key)$|(^|\/)(\.env|\.npmrc|secrets|test|docs)\b/.test(path),
  )
  expect(strange).toEqual([])
  const secrets = packed.files.filter((file) =>
    /-----BEGIN [A-Z ]*PRIVATE KEY-----\n|\bsk-(proj|cg)-[A-Za-z0-9]{20,}|\bnpm_[A-Za-z0-9]{36}/.test(
      file.read().toString('latin1'),
    ),
  )
  expect(secrets.map(({ path }) => path)).toEqual([])
  expect(packed.files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(BYTES_MAX)
})

test('a feed is built in where it is named, and none by itself', () => {
  expect(packed.beside('app-update.yml')).toContain(`provider: generic\nurl: ${FEED}\n`)
  expect(publishFlags({ CODEX_GATEWAY_UPDATE_FEED: FEED })).toEqual([
    '--config.publish.provider=generic',
    `--config.publish.url=${FEED}`,
  ])
  expect([publishFor({}), publishFlags({})]).toEqual([null, []])
  expect(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')).toMatch(/^publish: null$/m)
  for (const feed of ['http://updates.example.test/', 'file:///tmp', 'updates'])
    expect(() => publishFor({ CODEX_GATEWAY_UPDATE_FEED: feed })).toThrow('https://')
})

test('what is built into the app and what stays beside it is named with its licence', () => {
  const list =
    packed.files
      .find(({ path }) => path === 'dist/licences.json')
      ?.read()
      .toString() ?? ''
  for (const name of ['ws', 'multicast-dns', 'electron-updater', 'builder-util-runtime', 'better-sqlite3'])
    expect(list).toContain(`"name":"${name}"`)
})

test('the switches in the program are set the way in which no script can turn them back', () => {
  const switches = readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8').match(
    /^electronFuses:\n((?: {2}.*\n)+)/m,
  )
  expect(switches?.[1]?.trim().split(/\n */)).toEqual([
    'runAsNode: false',
    'enableNodeOptionsEnvironmentVariable: false',
    'enableNodeCliInspectArguments: false',
    'enableCookieEncryption: true',
    'enableEmbeddedAsarIntegrityValidation: true',
    'onlyLoadAppFromAsar: true',
    'grantFileProtocolExtraPrivileges: false',
  ])
})

desktopJourney('the app starts from what was packed', async () => {
  const root = newDataDir()
  packed.extract(root)
  const app = startDesktop({ root, dataDir: dataDirWith({}) })
  const page = await app.page()
  await page.getByRole('heading', { level: 1, name: 'Set up your gateway' }).waitFor()
  await app.inMain(({ app: electronApp }) => electronApp.quit())
  expect(await app.exited).toBe(0)
})
