// Asks again for what events touch: at once, and then so seldom that a busy gateway is not asked all the time, and that no
// answer is cut off by the next question.

const REST_MS = 1_000

export interface Refresher {
  want(): void
  stop(): void
}

/** Runs `refresh` when it is wanted; what is wanted while it runs or rests is done once, afterwards. */
export function createRefresher(refresh: () => Promise<unknown>, restMs = REST_MS): Refresher {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isBusy = false
  let isWanted = false
  let isStopped = false

  const run = async () => {
    isBusy = true
    isWanted = false
    await refresh()
    if (isStopped) return
    timer = setTimeout(() => {
      isBusy = false
      if (isWanted) void run()
    }, restMs)
  }
  return {
    want() {
      if (isBusy) isWanted = true
      else if (!isStopped) void run()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
