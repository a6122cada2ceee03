// Notes the longest turn that the main thread takes, for whoever has started the process: any message begins anew, and is
// answered with the longest turn before it, in milliseconds.
import { isMainThread } from 'node:worker_threads'

let longestMs = 0
let beganAt = performance.now()

function turn() {
  const now = performance.now()
  longestMs = Math.max(longestMs, now - beganAt)
  beganAt = now
  setImmediate(turn)
}

if (isMainThread && process.send) {
  process.on('message', () => {
    process.send?.(longestMs)
    longestMs = 0
  })
  turn()
}
