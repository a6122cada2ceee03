// Bytes that pass on out of one buffer, put close together where something between them is left out: what is written is one view
// of the buffer that came, however many events it has and however little of each is taken out.

export class ByteRun {
  #bytes: Buffer | undefined
  #start = 0
  #end = 0

  /**
   * Adds `bytes[start, end)`, behind all that was added of the same buffer. Moves them within the buffer, which is of no more use
   * to anybody else. What was added of another buffer goes into `out` before.
   */
  add(bytes: Buffer, start: number, end: number, out: Buffer[]): void {
    if (this.#bytes !== bytes) {
      this.endInto(out)
      this.#bytes = bytes
      this.#start = start
      this.#end = start
    }
    if (this.#end !== start) bytes.copyWithin(this.#end, start, end)
    this.#end += end - start
  }

  /** Ends the run: nothing may be added to what is in `out`. */
  endInto(out: Buffer[]): void {
    if (this.#bytes === undefined) return
    out.push(this.#bytes.subarray(this.#start, this.#end))
    this.#bytes = undefined
  }
}
