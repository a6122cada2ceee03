// The place that all sockets are read into. What came is copied out before anything else can be read: a copy of just its size
// costs less than a buffer of the largest possible read for each of them, which Node would make, cut, and collect.
import type { Socket } from 'node:net'

const READ_BYTES_MAX = 64 * 1024

const place = Buffer.allocUnsafeSlow(READ_BYTES_MAX)

/** For the options of `net.connect` and `tls.connect`. `onBytes` owns its bytes; false stops reading until `resume`. */
export const readInto = (onBytes: (bytes: Buffer) => boolean) => ({
  buffer: place,
  callback(this: Socket | undefined, size: number): boolean {
    const bytes = Buffer.allocUnsafe(size)
    place.copy(bytes, 0, 0, size)
    return onBytes(bytes)
  },
})
