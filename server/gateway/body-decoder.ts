// Decompresses a request's body as it comes (RFC 9110, "Content Codings"; RFC 8878 for zstd).
import type { Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'

const CHUNK_BYTES = 64 * 1024
/** RFC 8878 asks decoders for windows of 8 MiB; a frame may ask for far more, and gets an error. */
const ZSTD_WINDOW_LOG_MAX = 23
const LOW_NIBBLE = 0x0f
/** The method that a zlib header names; without such a header, "deflate" came raw, as some clients send it. */
const ZLIB_METHOD = 8

type DecoderFor = (firstByte: number) => Transform

const DECODERS: ReadonlyMap<string, DecoderFor> = new Map<string, DecoderFor>([
  ['gzip', () => createGunzip({ chunkSize: CHUNK_BYTES })],
  ['x-gzip', () => createGunzip({ chunkSize: CHUNK_BYTES })],
  [
    'deflate',
    (first) =>
      (first & LOW_NIBBLE) === ZLIB_METHOD
        ? createInflate({ chunkSize: CHUNK_BYTES })
        : createInflateRaw({ chunkSize: CHUNK_BYTES }),
  ],
  ['br', () => createBrotliDecompress({ chunkSize: CHUNK_BYTES })],
  [
    'zstd',
    () =>
      createZstdDecompress({
        chunkSize: CHUNK_BYTES,
        params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
      }),
  ],
])

/**
 * How a body with this `content-encoding` is decoded, given its first byte; `identity` where it is not encoded at all;
 * undefined where it cannot be: an encoding that is not known, or several on top of each other.
 */
export function decoderFor(contentEncoding: string | undefined): DecoderFor | 'identity' | undefined {
  if (contentEncoding === undefined) return 'identity'
  const name = contentEncoding.trim().toLowerCase()
  return name === '' || name === 'identity' ? 'identity' : DECODERS.get(name)
}
