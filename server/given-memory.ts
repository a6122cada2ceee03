// Memory that is given back as soon as it is of no more use. The garbage collector finds out by itself, and has to look through
// everything that is alive to do so: where every request brings large bodies, that is most of what it does.

/** Below this, giving it back costs as much as it saves. */
const WORTH_IT_BYTES_MIN = 16 * 1024

/**
 * Gives back the whole ArrayBuffer that the bytes lie in, which has to be the caller's alone. No write of any of it may be under
 * way: the system would send whatever lies there next. Whoever looks at it afterwards finds nothing. Bytes that fill less than
 * half of their place are left alone: Node has buffers share one that is twice as large as the largest of them.
 */
export function giveBackMemoryOf(bytes: Buffer): void {
  const { buffer } = bytes
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < WORTH_IT_BYTES_MIN) return
  if (bytes.length * 2 >= buffer.byteLength) buffer.transfer(0)
}
