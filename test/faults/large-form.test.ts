// A form of 160 megabytes through a gateway that is a process of its own: its memory does not grow with it, and where the
// process is killed in the middle of it, nothing of it is on disk after the next start.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKillableGateway, type KillableGateway } from './support/killable-gateway.ts'

const MEBIBYTE = 1024 * 1024
const FORM_MEBIBYTES = 160
const FORM_BYTES = FORM_MEBIBYTES * MEBIBYTE
/** Pieces that have been written are collected late, some tens of megabytes of them; a form that is kept would be all of it. */
const GROWTH_BYTES_MAX = 110 * MEBIBYTE
const PIECE = Buffer.alloc(MEBIBYTE, 7)
const HEAD =
  '--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n' +
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
const TAIL = '\r\n--b--\r\n'

let gateway: KillableGateway
let arrivedBytes = 0
/** Keeps nothing of what it is sent. */
const upstream = createServer((req, res) => {
  arrivedBytes = 0
  req.on('data', (piece: Buffer) => {
    arrivedBytes += piece.length
  })
  req.on('end', () => {
    const file = { id: 'file-1', object: 'file', bytes: FORM_BYTES, filename: 'a.bin', purpose: 'user_data' }
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify({ ...file, created_at: 1, status: 'processed' }))
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with that port.
  gateway = await createKillableGateway(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`)
}, 120_000)
afterAll(async () => {
  await gateway.remove()
  upstream.closeAllConnections()
  upstream.close()
})

/** Sends so many pieces, and the end of the form where those are all of them. */
function send(
  url: string,
  key: string,
  pieces: number,
  afterEach: (sent: number) => void,
): Promise<number | undefined> {
  const sending = request(`${url}/v1/files`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': HEAD.length + FORM_BYTES + TAIL.length,
    },
  })
  return new Promise((resolve) => {
    sending.on('response', (res) => res.resume().on('end', () => resolve(res.statusCode)))
    sending.on('error', () => resolve(undefined))
    sending.write(HEAD)
    let sent = 0
    function next(): void {
      if (sent === pieces) {
        if (pieces * MEBIBYTE === FORM_BYTES) sending.end(TAIL)
        return
      }
      sent += 1
      sending.write(PIECE, () => {
        afterEach(sent)
        next()
      })
    }
    next()
  })
}

test('the memory of the gateway is not that of the form, and a kill leaves nothing of one on disk', async () => {
  const url = (await gateway.start()) ?? ''
  const about = { email: 'ann@example.test', password: 'a long enough password' }
  const { id: userId } = await gateway.admin<{ id: string }>(url, 'users.create', about)
  await gateway.admin(url, 'users.adjustBalance', { userId, amountNanoUsd: 1_000_000_000 })
  const { secret } = await gateway.admin<{ secret: string }>(url, 'keys.create', { userId, name: 'key' })

  const before = residentBytes()
  let most = 0
  const watch = () => {
    most = Math.max(most, residentBytes())
  }
  const timer = setInterval(watch, 5)
  expect(await send(url, secret, FORM_MEBIBYTES, watch)).toBe(200)
  clearInterval(timer)
  expect(arrivedBytes).toBe(HEAD.length + FORM_BYTES + TAIL.length)
  if (process.env.SHOW_MEMORY) console.log(`${(most - before) / MEBIBYTE} MiB more`)
  expect(most - before).toBeLessThan(GROWTH_BYTES_MAX)
  // It is deleted when the answer has left.
  await expect.poll(() => readdirSync(gateway.spoolPath)).toEqual([])

  const cut = send(url, secret, 50, () => {})
  await expect.poll(() => spooledBytes(), { timeout: 20_000 }).toBeGreaterThan(40 * MEBIBYTE)
  await gateway.kill()
  expect(await cut).toBeUndefined()
  expect(readdirSync(gateway.spoolPath)).toHaveLength(1)
  await gateway.start()
  expect(readdirSync(gateway.spoolPath)).toEqual([])
}, 60_000)

const spooledBytes = () =>
  readdirSync(gateway.spoolPath).reduce((sum, name) => sum + statSync(join(gateway.spoolPath, name)).size, 0)

/** What the process has in memory; on other systems than Linux nobody says, and nothing is more than nothing. */
function residentBytes(): number {
  if (process.platform !== 'linux') return 0
  const status = readFileSync(`/proc/${gateway.pid()}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
