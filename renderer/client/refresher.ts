// Asks again for what events touch: at once, and then so seldom that a busy gateway is not asked all the time, and that no
// answer is cut off by the next question.

const REST_MS = 1_000

export interface Refresher {
  want(): void
  /** Waits no longer for what runs: it was asked of a gateway that has gone, and may never be answered. */
  letGo(): void
  stop(): void
}

/** Runs `refresh` when it is wanted; what is wanted while it runs or rests is done once, afterwards. */
export function createRefresher(refresh: () => Promise<unknown>, restMs = REST_MS): Refresher {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isBusy = false
  let isWanted = false
  let isStopped = false
  let turn = 0

  const run = async () => {
    turn += 1
    const mine = turn
    isBusy = true
    isWanted = false
    await refresh()
    if (isStopped || mine !== turn) return
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
    letGo() {
      turn += 1
      clearTimeout(timer)
      isBusy = false
      if (isWanted && !isStopped) void run()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
