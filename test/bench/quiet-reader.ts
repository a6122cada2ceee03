// Somebody in front of the console: asks one operation after the other, with a rest between an answer and the next question.
// A browser is on a machine of its own; here it shares cores with the load, so its answers are counted and not read.
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export type Question = readonly [operation: string, input: object]

export interface QuietReader {
  /** From now on it asks, or rests. */
  asks(isAsking: boolean): Promise<void>
  readonly answers: number
  stop(): void
}

const HEAD_END = '\r\n\r\n'

export function startQuietReader(
  port: number,
  cookie: string,
  questions: readonly Question[],
  pauseMs: number,
): QuietReader {
  const requests = questions.map(([operation, input]) => {
    const body = JSON.stringify(input)
    return Buffer.from(
      `POST /api/${operation} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
        `X-Requested-With: codex-gateway\r\nCookie: ${cookie}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  })
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let bytesLeft = 0
  let answered: (() => void) | undefined
  socket.on('data', (data) => {
    if (bytesLeft > 0) bytesLeft -= data.length
    else {
      const head = data.toString('latin1', 0, data.indexOf(HEAD_END))
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(head)
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1])
      bytesLeft = length - (data.length - head.length - HEAD_END.length)
    }
    if (bytesLeft <= 0) answered?.()
  })

  let answers = 0
  let isAsking = false
  let asking = Promise.resolve()
  async function ask(): Promise<void> {
    while (isAsking) {
      const request = requests[answers % requests.length]
      await new Promise<void>((resolve) => {
        answered = resolve
        socket.write(request ?? '')
      })
      answers += 1
      await delay(pauseMs)
    }
  }
  return {
    async asks(shallAsk) {
      if (shallAsk === isAsking) return
      isAsking = shallAsk
      if (shallAsk) asking = ask()
      else await asking
    },
    get answers() {
      return answers
    },
    stop: () => socket.destroy(),
  }
}
