// Which holds are open on disk, as of the last commit and within the transaction that runs.

/** Requests and the entries of their holds. */
type Entries = Iterable<readonly [requestId: string, seq: number]>

export class OpenOnDisk {
  /** They are added in the order of their entries, so the first is the lowest. */
  readonly #open: Map<string, number>
  /**
   * What the running transaction adds to them and takes from them. Both are made anew for each transaction: a map that is emptied
   * leaves its table behind, which once it has grown old keeps all that stood in it until the next full collection.
   */
  #opened = new Map<string, number>()
  #closed = new Set<string>()

  /** `open` are on disk already, in the order of their entries. */
  constructor(open: Entries) {
    this.#open = new Map(open)
  }

  get size(): number {
    return this.#open.size
  }

  /** The lowest entry of those that are open. */
  get firstSeq(): number | undefined {
    const [first] = this.#open.values()
    return first
  }

  /** As of the last commit. */
  has(requestId: string): boolean {
    return this.#open.has(requestId)
  }

  /** Whether the running transaction has opened it. */
  opens(requestId: string): boolean {
    return this.#opened.has(requestId)
  }

  /** Whether the running transaction has closed it. */
  closes(requestId: string): boolean {
    return this.#closed.has(requestId)
  }

  open(requestId: string, seq: number): void {
    this.#opened.set(requestId, seq)
  }

  close(requestId: string): void {
    this.#closed.add(requestId)
  }

  /** Returns how many were opened and closed. */
  commit(): number {
    for (const [requestId, seq] of this.#opened) this.#open.set(requestId, seq)
    for (const requestId of this.#closed) this.#open.delete(requestId)
    return this.#opened.size + this.#closed.size
  }

  forgetTransaction(): void {
    this.#opened = new Map()
    this.#closed = new Set()
  }
}
