// Why a command can never be written, whatever the disk does.

/** A settlement or release of a hold that is not open on disk: never written, or ended before. */
export class HoldNotOpenError extends Error {
  override readonly name = 'HoldNotOpenError'
}

/** A request was refunded, or its possible loss was charged or dismissed, before. Each of these happens once. */
export class BookedBeforeError extends Error {
  override readonly name = 'BookedBeforeError'
}

/** A code that cannot be redeemed any more. Nothing of what it would have given was written. */
export class CodeClaimedError extends Error {
  override readonly name = 'CodeClaimedError'
}

/** A no to whoever asked for something that happens once. They are told, and nothing has failed. */
export const isRefused = (error: unknown): boolean =>
  error instanceof BookedBeforeError || error instanceof CodeClaimedError
