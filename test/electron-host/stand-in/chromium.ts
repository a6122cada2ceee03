// One Chromium, spoken to over its DevTools protocol: commands with answers, and events by session and name.
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

const FLAGS = [
  '--headless',
  '--remote-debugging-port=0',
  '--no-startup-window',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-popup-blocking',
  '--password-store=basic',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
  '--disable-backgrounding-occluded-windows',
  // Without a device, asking for the camera fails before anybody is asked for permission.
  '--use-fake-device-for-media-stream',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]
const ENDS_WITHIN_MS = 3000

// What the protocol answers differs by command; each caller knows what it asked for.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Loose = any

interface Waiting {
  readonly method: string
  readonly resolve: (result: Loose) => void
  readonly reject: (error: Error) => void
}

export class Chromium extends EventEmitter {
  /** Where a test may connect to the same browser. */
  endpoint = ''
  #process: ChildProcess | undefined
  #socket: WebSocket | undefined
  #commands = 0
  readonly #waiting = new Map<number, Waiting>()

  constructor() {
    super()
    // Each page listens to a dozen events.
    this.setMaxListeners(100)
  }

  /** Of a switch that is there twice, the last one counts. */
  async start(executable: string, dir: string, language: string, switches: readonly string[]): Promise<void> {
    const temporary = join(dir, 'tmp')
    mkdirSync(temporary, { recursive: true })
    // Its own sandbox refuses to work for root, as which containers run tests.
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const child = spawn(
      executable,
      [...FLAGS, ...root, ...switches, `--lang=${language}`, `--user-data-dir=${join(dir, 'profile')}`],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, TMPDIR: temporary, LANGUAGE: language } },
    )
    this.#process = child
    process.on('exit', () => child.kill('SIGKILL'))
    this.endpoint = await endpointOf(child)
    const socket = new WebSocket(this.endpoint)
    this.#socket = socket
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onerror = reject
    })
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)))
    // Whoever still waits would do so for ever, and a quit with them.
    socket.onclose = () => {
      for (const { method, reject } of this.#waiting.values())
        reject(new Error(`${method}: Chromium has gone`))
      this.#waiting.clear()
    }
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<Loose> {
    const { promise, resolve, reject } = Promise.withResolvers<Loose>()
    this.#commands += 1
    this.#waiting.set(this.#commands, { method, resolve, reject })
    this.#socket?.send(JSON.stringify({ id: this.#commands, method, params, sessionId }))
    return promise
  }

  /** Events of a page carry its session; those of the browser carry none. */
  hear(method: string, listener: (params: Loose) => void, sessionId = ''): void {
    this.on(`${sessionId}:${method}`, listener)
  }

  async stop(): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const forced = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS)
    await this.send('Browser.close').catch(() => undefined)
    await ended
    clearTimeout(forced)
  }

  #hear({ id, method, params, sessionId, result, error }: Loose): void {
    if (id === undefined) {
      this.emit(`${sessionId ?? ''}:${method}`, params)
      return
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error) waiting?.reject(new Error(`${waiting.method}: ${error.message}`))
    else waiting?.resolve(result)
  }
}

function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const endpoint = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (endpoint !== undefined) resolve(endpoint)
    })
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}:\n${said}`)))
  })
}
