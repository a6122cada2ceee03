// How the built apps are served by the real server: which pages there are, to whom, and how browsers keep the files.
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONSOLE_PATHS, PORTAL_PATHS } from '../../contract/page-paths.ts'
import { COMPRESS_BYTES_MIN } from '../../renderer/build-config.ts'
import { type Portal, startPortal } from '../integration/support/portal.ts'

const HTML = { accept: 'text/html,*/*;q=0.8' }
let portal: Portal

beforeAll(async () => {
  portal = await startPortal()
  await portal.setUp()
})
afterAll(() => portal.stop())

const get = (path: string, headers: Record<string, string> = {}) => portal.send({ path, headers })

test.each([...Object.values(PORTAL_PATHS), ...Object.values(CONSOLE_PATHS)])(
  '%s is a page of ours, under the policy, with the build that every answer names',
  async (path) => {
    const page = await get(path.replace(/:\w+/g, 'some-id'), HTML)
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.text).toContain(
      `src="${path.startsWith('/admin') || path === '/setup' ? '/admin/' : '/'}assets/`,
    )
    expect(page.headers['cache-control']).toBe('no-cache')
    const policy = String(page.headers['content-security-policy'])
    expect(policy.startsWith("default-src 'none'; script-src 'self'")).toBe(true)
    expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests/)
    const { headers } = await portal.call('setup.status')
    expect(headers['x-codex-gateway-build']).toBe(page.headers['x-codex-gateway-build'])
  },
)

test('no page has a script or a style of its own: the policy would not let it run', async () => {
  for (const path of ['/', '/admin']) {
    const { text } = await get(path)
    expect(text).not.toMatch(/<style|<script>|<script [^>]*>[^<]|\son\w+=|style=/)
  }
})

test('without script, / still says that the gateway runs and where', async () => {
  const [, noscript = ''] = /<noscript>(.*?)<\/noscript>/s.exec((await get('/')).text) ?? []
  for (const said of ['This gateway is running', '/v1', '网关正在运行']) expect(noscript).toContain(said)
})

test('a slash at the end of a page leads to the page, and nowhere else', async () => {
  const html = { accept: 'text/html' }
  for (const [path, page] of [
    ['/admin/', '/admin'],
    ['/usage/?model=demo-fast', '/usage?model=demo-fast'],
    ['/admin/users/0199/', '/admin/users/0199'],
  ] as const) {
    const { status, headers } = await get(path, html)
    expect([status, headers.location]).toEqual([302, page])
  }
  expect((await get('/nowhere/', html)).status).toBe(404)
  expect((await get('/admin//', html)).status).toBe(404)
})

test('/ and /admin are HTML for everyone, other pages for browsers', async () => {
  for (const path of ['/', '/admin']) {
    expect((await get(path, { accept: 'application/json' })).headers['content-type']).toContain('text/html')
  }
  for (const path of ['/login', '/admin/users', '/setup']) {
    expect(JSON.parse((await get(path)).text).error.code).toBe('page_not_found')
  }
})

test('what a page loads is there, compressed where it is worth it, and kept for good', async () => {
  for (const path of ['/', '/admin']) {
    const { text } = await get(path)
    const assets = [...text.matchAll(/(?:src|href)="([^"]*assets\/[^"]+)"/g)].map(([, asset = '']) => asset)
    expect(assets.length).toBeGreaterThan(1)
    for (const asset of assets) {
      const plain = await get(asset)
      expect([asset, plain.status, plain.headers['cache-control']]).toEqual([
        asset,
        200,
        'public, max-age=31536000, immutable',
      ])
      // Where the bundler cuts is its own affair; some pieces are tiny.
      if (Buffer.byteLength(plain.text) < COMPRESS_BYTES_MIN) continue
      const packed = await fetch(`${portal.url}${asset}`, { headers: { 'accept-encoding': 'gzip' } })
      expect(packed.headers.get('content-encoding')).toBe('gzip')
      expect(Number(packed.headers.get('content-length'))).toBeLessThan(plain.text.length)
      expect(await packed.text()).toBe(plain.text)
    }
  }
})

test('a compressed file is the file', async () => {
  const { text } = await get('/')
  const asset = /src="(\/assets\/[^"]+)"/.exec(text)?.[1] ?? ''
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    import('node:http').then(({ get: send }) => {
      send(`${portal.url}${asset}`, { headers: { 'accept-encoding': 'gzip' } }, (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => resolve(Buffer.concat(chunks)))
      }).on('error', reject)
    }, reject)
  })
  expect(gunzipSync(bytes).toString()).toBe((await get(asset)).text)
})

test.each([
  '/build-id',
  '/admin/build-id',
  '/.vite/manifest.json',
  '/admin/.vite/manifest.json',
  '/admin/index.html',
])('%s is nothing that can be asked for', async (path) => {
  expect((await get(path)).status).toBe(404)
})
