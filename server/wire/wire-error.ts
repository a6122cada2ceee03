// What goes wrong between this gateway and an upstream beside the errors of Node's own, each with its code.

export type WireErrorCode =
  /** Nobody answered at that address in time, or no TLS was agreed upon. */
  | 'ERR_WIRE_CONNECT_TIMEOUT'
  /** Connected and asked, but silent for too long before or within the answer. */
  | 'ERR_WIRE_ANSWER_TIMEOUT'
  /** The connection ended before the answer did. */
  | 'ERR_WIRE_CLOSED'
  /** What came is no HTTP/1.1, or leaves open where it ends. */
  | 'ERR_WIRE_NOT_HTTP'
  | 'ERR_WIRE_HEAD_TOO_LARGE'
  /** The request would be another one on the wire than it is here. */
  | 'ERR_WIRE_INVALID_REQUEST'
  /** A body that is sent while it is read was longer or shorter than had been said. */
  | 'ERR_WIRE_BODY_LENGTH'
  /** By whoever asked. */
  | 'ERR_WIRE_ABORTED'
  /** The pool was closed. */
  | 'ERR_WIRE_DESTROYED'

export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code: WireErrorCode

  constructor(code: WireErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
