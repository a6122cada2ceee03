// A fold that nobody waits for rests now and then. Where one core is all there is, the system lets a thread run on for milliseconds
// although another one has something to do, whatever the priority of either: a request that comes meanwhile would wait for them,
// at each of its steps. A thread that sleeps is passed at once.

/** How long it works without a rest; a batch of rows that has begun is written to its end. */
const WORK_MS_MAX = 0.25
/** Enough to be passed; the system makes it somewhat longer. */
const REST_MS = 0.05

const nobody = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
const sleep = (): void => void Atomics.wait(nobody, 0, 0, REST_MS)

/** What to call between two commands of a fold. */
export function createRests(nowMs = () => performance.now(), takeRest = sleep): () => void {
  let sinceMs = nowMs()
  return () => {
    if (nowMs() - sinceMs < WORK_MS_MAX) return
    takeRest()
    sinceMs = nowMs()
  }
}
