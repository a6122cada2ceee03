// Answers that come compressed although nobody asked: unpacked as they come, broken ones told, and bombs stopped.
import { randomBytes } from 'node:crypto'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { AnswerSource } from './answer-source.ts'
import { codingsOf, unpacked } from './unpacked-answer.ts'
import type { ExchangeSink, UpstreamFault } from './upstream-exchange.ts'

/** An exchange whose chunks the test sends by hand. */
class Source implements AnswerSource {
  readonly calls: string[] = []
  sink: ExchangeSink | undefined
  firstChunk = () => Promise.resolve(undefined)
  consume(sink: ExchangeSink): void {
    this.sink = sink
  }
  pause(): void {
    this.calls.push('pause')
  }
  resume(): void {
    this.calls.push('resume')
  }
  abort(): void {
    this.calls.push('abort')
    this.sink?.onFault({ kind: 'aborted', cause: new Error('aborted'), wasStaleSocket: false })
  }
}

function unpacking(contentEncoding: string) {
  const source = new Source()
  const plain = unpacked(source, codingsOf(contentEncoding))
  if (!plain) throw new Error('the coding is known')
  const chunks: Buffer[] = []
  const ended = new Promise<UpstreamFault | undefined>((resolve) => {
    plain.consume({
      onData: (chunk) => void chunks.push(chunk),
      onEnd: () => resolve(undefined),
      onFault: resolve,
    })
  })
  const text = () => Buffer.concat(chunks).toString()
  return { source, plain, chunks, ended, text }
}

const TEXT = `data: {"id":"chatcmpl-1","choices":[]}\n\n${'data: 月亮门\n\n'.repeat(200)}`

describe.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['zstd', zstdCompressSync],
])('an answer in %s', (coding, pack) => {
  test.each([1, 7, 100_000])(
    'is what was packed, however it is cut (%i bytes a piece)',
    async (pieceBytes) => {
      const packed = Buffer.from(pack(TEXT))
      const { source, ended, text } = unpacking(coding)
      for (let at = 0; at < packed.length; at += pieceBytes)
        source.sink?.onData(packed.subarray(at, at + pieceBytes))
      source.sink?.onEnd()
      expect(await ended).toBeUndefined()
      expect(text()).toBe(TEXT)
    },
  )

  test('that breaks off gives what had come, and then says that it broke', async () => {
    const packed = Buffer.from(pack(TEXT))
    const { source, ended, text } = unpacking(coding)
    source.sink?.onData(packed.subarray(0, packed.length - 4))
    source.sink?.onFault({ kind: 'broken', cause: new Error('reset'), wasStaleSocket: false })
    expect(await ended).toMatchObject({ kind: 'broken' })
    expect(TEXT.startsWith(text())).toBe(true)
  })

  test('that is something else is broken, and ends the exchange', async () => {
    const { source, ended } = unpacking(coding)
    source.sink?.onData(Buffer.from('<html>Bad gateway, and certainly nothing that was ever packed</html>'))
    source.sink?.onEnd()
    expect(await ended).toMatchObject({ kind: 'broken' })
    expect(source.calls).toContain('abort')
  })
})

test('two codings are undone in the reverse order of their making', async () => {
  const { source, ended, text } = unpacking('gzip, br')
  source.sink?.onData(brotliCompressSync(gzipSync(TEXT)))
  source.sink?.onEnd()
  await ended
  expect(text()).toBe(TEXT)
})

test('nothing is unpacked where nothing is packed, and an unknown coding is not guessed at', () => {
  const source = new Source()
  for (const plain of [undefined, '', 'identity', ' Identity ']) {
    expect(unpacked(source, codingsOf(plain))).toBe(source)
  }
  for (const unknown of ['compress', 'gzip, lzma', 'gzip, gzip, gzip']) {
    expect(unpacked(source, codingsOf(unknown))).toBeUndefined()
  }
})

test('codings that stand in two fields are those of both', () => {
  expect(codingsOf(['gzip', 'Identity, br'])).toEqual(['br', 'gzip'])
})

test('an answer that expands beyond reason is stopped long before it is unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024), { level: 9 })
  const { source, chunks, ended } = unpacking('gzip')
  for (let at = 0; at < bomb.length; at += 16_384) source.sink?.onData(bomb.subarray(at, at + 16_384))
  source.sink?.onEnd()
  expect(await ended).toMatchObject({ kind: 'broken' })
  expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(64 * 1024 * 1024)
  expect(source.calls).toContain('abort')
}, 60_000)

test('nothing is unpacked ahead of a reader who has paused', async () => {
  const sent = randomBytes(1024 * 1024)
  const packed = gzipSync(sent)
  const { source, plain, chunks, ended } = unpacking('gzip')
  plain.pause()
  for (let at = 0; at < packed.length; at += 1_024) source.sink?.onData(packed.subarray(at, at + 1_024))
  source.sink?.onEnd()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(chunks).toEqual([])
  expect(source.calls).toContain('pause')
  plain.resume()
  expect(await ended).toBeUndefined()
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
})

test('one that is aborted while its reader has paused ends all the same', async () => {
  const { source, plain, ended } = unpacking('gzip')
  plain.pause()
  source.sink?.onData(gzipSync(TEXT))
  plain.abort()
  expect(await ended).toMatchObject({ kind: 'aborted' })
})

test('the first bytes can be looked at before anyone consumes them', async () => {
  const source = new Source()
  const plain = unpacked(source, ['gzip'])
  const first = plain?.firstChunk()
  source.sink?.onData(gzipSync('{"id":1}'))
  expect(String(await first)).toBe('{"id":1}')
  const chunks: string[] = []
  const ended = new Promise<void>((resolve) =>
    plain?.consume({
      onData: (chunk) => void chunks.push(String(chunk)),
      onEnd: resolve,
      onFault: () => resolve(),
    }),
  )
  source.sink?.onEnd()
  await ended
  expect(chunks).toEqual(['{"id":1}'])
})
