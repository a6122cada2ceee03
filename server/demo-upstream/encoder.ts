// Compresses a body event by event, so that every event can be read as soon as it has come.
import { once } from 'node:events'
import type { Transform } from 'node:stream'
import {
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  type ZlibOptions,
} from 'node:zlib'
import type { Scenario } from './scenario.ts'

type Encoding = NonNullable<Scenario['contentEncoding']>
type Compressor = Transform & { flush(callback: () => void): void }

const COMPRESSORS: Readonly<Record<Encoding, (options?: ZlibOptions) => Compressor>> = {
  gzip: createGzip,
  deflate: createDeflate,
  br: () => createBrotliCompress(),
  zstd: () => createZstdCompress(),
}

export class Encoder {
  readonly #compressor: Compressor
  #chunks: Buffer[] = []

  constructor(encoding: Encoding) {
    this.#compressor = COMPRESSORS[encoding]()
    this.#compressor.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
  }

  async encode(bytes: Buffer): Promise<Buffer> {
    this.#compressor.write(bytes)
    await new Promise<void>((resolve) => this.#compressor.flush(resolve))
    return this.#take()
  }

  async finish(): Promise<Buffer> {
    const ended = once(this.#compressor, 'end')
    this.#compressor.end()
    await ended
    return this.#take()
  }

  #take(): Buffer {
    const taken = Buffer.concat(this.#chunks)
    this.#chunks = []
    return taken
  }
}
