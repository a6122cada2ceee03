// The place that all sockets are read into. What came is lent until the callback returns: most of a stream is written on by then,
// and needs neither a copy nor memory that the collector has to look for.
import type { Socket } from 'node:net'

const READ_BYTES_MAX = 64 * 1024

const place = Buffer.allocUnsafeSlow(READ_BYTES_MAX)

/**
 * For the options of `net.connect` and `tls.connect`. The bytes may be changed, and are overwritten once `onBytes` has returned;
 * false stops reading until `resume`.
 */
export const readInto = (onBytes: (lent: Buffer) => boolean) => ({
  buffer: place,
  callback(this: Socket | undefined, size: number): boolean {
    return onBytes(place.subarray(0, size))
  },
})
