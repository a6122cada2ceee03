// Why the server did not start, in words for the person who started it.

/** 1: something is in the way; 2: what was asked for is not valid. */
export class StartError extends Error {
  readonly exitCode: 1 | 2

  constructor(exitCode: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
    this.exitCode = exitCode
  }
}
