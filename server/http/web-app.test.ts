// How the files of a web app are served: compressed where the browser takes it, kept for good where the name says so.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerWebFile, loadWebApp } from './web-app.ts'

const dir = mkdtempSync(join(tmpdir(), 'web-app-'))
let server: Server
const GZIP = gzipSync('plain')

function write(path: string, content: string | Buffer): void {
  mkdirSync(join(dir, path, '..'), { recursive: true })
  writeFileSync(join(dir, path), content)
}

beforeAll(async () => {
  write('build-id', 'abc123')
  write('index.html', '<!doctype html>')
  write('assets/app-1.js', 'plain')
  write('assets/app-1.js.br', 'as brotli')
  write('assets/app-1.js.gz', GZIP)
  write('.vite/manifest.json', '{}')
  const app = loadWebApp(dir)
  server = createServer((req, res) => {
    const path = (req.url ?? '/').slice(1)
    const file = path === '' ? app?.index : app?.file(path)
    if (file === undefined) res.writeHead(404).end()
    else answerWebFile(req, res, file)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.close()
  rmSync(dir, { recursive: true, force: true })
})

function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    // Listening on a port, so the address is an AddressInfo.
    const { port } = server.address() as AddressInfo
    const sent = request({ port, host: '127.0.0.1', path, headers, method }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

test.each([
  ['gzip, deflate, br, zstd', 'br', 'as brotli'],
  ['gzip', 'gzip', GZIP.toString()],
  ['br;q=0, gzip;q=0.5', 'gzip', GZIP.toString()],
  ['identity', undefined, 'plain'],
  ['', undefined, 'plain'],
])('whoever accepts "%s" is sent %s', async (accepted, encoding, text) => {
  const reply = await get('/assets/app-1.js', { 'accept-encoding': accepted })
  expect(reply).toMatchObject({ status: 200, text })
  expect(reply.headers['content-encoding']).toBe(encoding)
  expect(reply.headers.vary).toBe('accept-encoding')
})

test('a file that is kept compressed is unpacked once, however many ask for it as it is', () => {
  const file = loadWebApp(dir)?.file('assets/app-1.js')
  expect(file?.plain().toString()).toBe('plain')
  expect(file?.plain()).toBe(file?.plain())
})

test('a build that comes along takes no file away from who is served by the one before', () => {
  write('assets/app-2.js', 'plain')
  write('assets/app-2.js.br', 'as brotli')
  write('assets/app-2.js.gz', GZIP)
  write('index.html.br', 'a page as brotli')
  const app = loadWebApp(dir)
  const before = loadWebApp(dir)?.file('assets/app-2.js')
  expect(before?.brotli()?.toString()).toBe('as brotli')
  for (const path of ['assets/app-2.js', 'assets/app-2.js.br', 'assets/app-2.js.gz', 'index.html.br'])
    rmSync(join(dir, path))
  expect(before?.brotli()?.toString()).toBe('as brotli')
  expect(app?.file('assets/app-2.js')?.brotli()).toBeUndefined()
  expect(app?.file('assets/app-2.js')?.gzip).toEqual(GZIP)
  expect(app?.index.brotli()?.toString()).toBe('a page as brotli')
})

test.each([
  ['is empty', () => write('assets/app-3.js.br', '')],
  ['was written again', () => utimesSync(join(dir, 'assets/app-3.js.br'), 1, 1)],
  [
    'is a folder',
    () => {
      rmSync(join(dir, 'assets/app-3.js.br'))
      mkdirSync(join(dir, 'assets/app-3.js.br'))
    },
  ],
])('of a copy that %s since the start nothing is sent', (_, touch) => {
  rmSync(join(dir, 'assets/app-3.js.br'), { recursive: true, force: true })
  write('assets/app-3.js', 'plain')
  write('assets/app-3.js.br', 'as brotli')
  write('assets/app-3.js.gz', GZIP)
  const file = loadWebApp(dir)?.file('assets/app-3.js')
  touch()
  expect(file?.brotli()).toBeUndefined()
  expect(file?.gzip).toEqual(GZIP)
})

test('a file whose name carries its hash is kept for good, a page is asked for again', async () => {
  expect((await get('/assets/app-1.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await get('/')).headers['cache-control']).toBe('no-cache')
})

test('what the browser has already is not sent again', async () => {
  const { headers } = await get('/')
  expect(await get('/', { 'if-none-match': String(headers.etag) })).toMatchObject({ status: 304, text: '' })
  expect(await get('/', { 'if-none-match': '"other"' })).toMatchObject({ status: 200 })
})

test('HEAD has the headers and no body', async () => {
  const reply = await get('/assets/app-1.js', {}, 'HEAD')
  expect([reply.headers['content-length'], reply.text]).toEqual(['5', ''])
})

test.each([
  '/assets/app-1.js.br',
  '/.vite/manifest.json',
  '/build-id',
  '/index.html',
  '/../index.html',
  '/assets/../build-id',
])('%s is no file of the app', async (path) => {
  expect((await get(path)).status).toBe(404)
})

test('an app that was not built is not there', () => {
  expect(loadWebApp(join(dir, 'nowhere'))).toBeUndefined()
  expect(loadWebApp(join(dir, 'assets'))).toBeUndefined()
})
