// Reads the head of an answer that Node has written, off the front of its bytes.

const END = Buffer.from('\r\n\r\n')

export class HttpHead {
  /** 0 until the head is whole. */
  status = 0
  /** By name in lower case. */
  headers: Readonly<Record<string, string>> = {}
  #bytes: Buffer = Buffer.alloc(0)

  /** What stands behind the head, or undefined while that is still coming. */
  read(bytes: Buffer): Buffer | undefined {
    if (this.status !== 0) return bytes
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes])
    const end = this.#bytes.indexOf(END)
    if (end < 0) return undefined
    const [statusLine = '', ...lines] = this.#bytes.toString('latin1', 0, end).split('\r\n')
    const rest = this.#bytes.subarray(end + END.length)
    this.#bytes = Buffer.alloc(0)
    this.status = Number(statusLine.split(' ')[1])
    this.headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    )
    return rest
  }
}
