// A page: how it is loaded, what it may do, and how its preload speaks with the app.
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { makeCarrier } from './carried.ts'
import type { Chromium, Loose } from './chromium.ts'
import { ipcMain } from './ipc-main.ts'
import { preventable, unmodelled } from './modelled.ts'
import { fromWire, originOf, schemes, toWire } from './schemes.ts'
import { session } from './session.ts'

const WORLD = 'electron-host-preload'
const BINDING = 'electronHostBinding'
const carrier = makeCarrier()

/** The one function that a file of `page/` exports, as an expression. */
function pageFunction(file: string): string {
  const source = readFileSync(join(import.meta.dirname, 'page', file), 'utf8')
  const script = stripTypeScriptTypes(source)
  return `(${script.slice(script.indexOf('export function') + 'export '.length)})`
}
const BRIDGE_END = pageFunction('bridge-end.ts')
const PRELOAD_WORLD = pageFunction('preload-world.ts')

interface Frame {
  readonly parentId: string | undefined
  url: string
}

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]

let count = 0

export class WebContents extends EventEmitter {
  readonly id: number
  readonly session = session.defaultSession
  targetId = ''
  readonly #chromium: Chromium
  readonly #preload: string | undefined
  #sessionId = ''
  readonly #frames = new Map<string, Frame>()
  /** Worlds of scripts, by the number that Chromium gives them. */
  readonly #worlds = new Map<number, { readonly frameId: string; readonly name: string }>()
  /** Documents that the app itself asked for. */
  readonly #ownLoads = new Set<string>()
  readonly #askedByPage = new Set<string>()
  #scripts: string[] = []
  #onOpen: OpenHandler | undefined
  #isGone = false
  #callPolicy = 'default'

  constructor(chromium: Chromium, preload: string | undefined) {
    super()
    count += 1
    this.id = count
    this.#chromium = chromium
    this.#preload = preload
  }

  // ---- what the app calls

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#onOpen = handler
  }
  getURL(): string {
    return fromWire(this.#frames.get(this.targetId)?.url ?? '')
  }
  /** Kept, and not followed: the browser takes it at its start alone. */
  setWebRTCIPHandlingPolicy(policy: string): void {
    this.#callPolicy = policy
  }
  getWebRTCIPHandlingPolicy(): string {
    return this.#callPolicy
  }
  isDestroyed(): boolean {
    return this.#isGone
  }
  send(channel: string, ...args: readonly unknown[]): void {
    const payload = carrier.pack(args)
    for (const [contextId, { name, frameId }] of this.#worlds) {
      if (name === WORLD && frameId === this.targetId)
        this.#callInWorld(contextId, 'electronHostEmit', channel, payload)
    }
  }

  // ---- what the window does with it

  async attach(targetId: string): Promise<void> {
    this.targetId = targetId
    const attached = await this.#chromium.send('Target.attachToTarget', { targetId, flatten: true })
    this.#sessionId = attached.sessionId
    this.#followFrames()
    this.#followWorlds()
    this.#hear('Fetch.requestPaused', (paused) => void this.#decideRequest(paused))
    this.#hear('Page.windowOpen', ({ url }) => this.#decideOpen(url))
    this.#hear('Inspector.targetCrashed', () =>
      this.emit('render-process-gone', preventable({}), { reason: 'crashed', exitCode: 1 }),
    )
    for (const domain of ['Page', 'Runtime', 'Inspector']) await this.#send(`${domain}.enable`)
    await this.#send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
    await this.#send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD })
  }

  async load(url: string): Promise<void> {
    await this.session.apply(this.#chromium, this as unknown as Electron.WebContents, url)
    await this.#installPreload()
    const wire = toWire(url)
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve))
    this.#ownLoads.add(wire)
    const { errorText } = await this.#send('Page.navigate', { url: wire })
    if (errorText) throw new Error(`${errorText} loading '${url}'`)
    await loaded
  }

  emulateColors(scheme: 'light' | 'dark'): Promise<unknown> {
    const features = [{ name: 'prefers-color-scheme', value: scheme }]
    return this.#send('Emulation.setEmulatedMedia', { features })
  }
  /** The page's process dies, as it does of too little memory. */
  forcefullyCrashRenderer(): void {
    // The answer to this command never comes.
    this.#send('Page.crash').catch(() => undefined)
  }
  noteGone(): void {
    this.#isGone = true
    this.emit('destroyed')
  }
  frame(id: string): Loose {
    const found = this.#frames.get(id)
    if (!found) return null
    const url = fromWire(found.url)
    return {
      url,
      origin: originOf(url),
      parent: found.parentId === undefined ? null : this.frame(found.parentId),
    }
  }

  // ---- between the two

  readonly #send = (method: string, params: object = {}): Promise<Loose> =>
    this.#chromium.send(method, params, this.#sessionId)
  readonly #hear = (method: string, listener: (params: Loose) => void): void =>
    this.#chromium.hear(method, listener, this.#sessionId)

  #followFrames(): void {
    this.#hear('Page.frameNavigated', ({ frame }) =>
      this.#frames.set(frame.id, { parentId: frame.parentId, url: frame.url }),
    )
    this.#hear('Page.navigatedWithinDocument', ({ frameId, url }) => {
      const frame = this.#frames.get(frameId)
      if (frame) frame.url = url
    })
    this.#hear('Page.frameDetached', ({ frameId }) => this.#frames.delete(frameId))
    this.#hear('Page.loadEventFired', () => this.emit('did-finish-load'))
    this.#hear('Page.frameRequestedNavigation', ({ frameId, url }) => {
      if (frameId === this.targetId) this.#askedByPage.add(url)
    })
  }

  #followWorlds(): void {
    this.#hear('Runtime.executionContextCreated', ({ context }) =>
      this.#worlds.set(context.id, { frameId: context.auxData?.frameId, name: context.name }),
    )
    this.#hear('Runtime.executionContextDestroyed', ({ executionContextId }) =>
      this.#worlds.delete(executionContextId),
    )
    this.#hear('Runtime.executionContextsCleared', () => this.#worlds.clear())
    this.#hear('Runtime.exceptionThrown', ({ exceptionDetails: { executionContextId, exception, text } }) => {
      if (this.#worlds.get(executionContextId)?.name === WORLD)
        this.emit('preload-error', {}, this.#preload, new Error(exception?.description ?? text))
    })
    this.#hear('Runtime.bindingCalled', (call) => void this.#hearPreload(call))
  }

  /** Before every load that the app asks for: both ends of the bridge, and the preload in a world of its own. */
  async #installPreload(): Promise<void> {
    for (const identifier of this.#scripts.splice(0))
      await this.#send('Page.removeScriptToEvaluateOnNewDocument', { identifier })
    const names = [`electron-host-${randomUUID()}`, `electron-host-${randomUUID()}`]
    const [page = '', world = ''] = names
    const source = this.#preload === undefined ? '' : readFileSync(this.#preload, 'utf8')
    // Only in the top frame, where Electron runs preloads. `window.open` is told to the app and gives nothing.
    const inPage = `if (window.top === window) {
      ${BRIDGE_END}('${page}', '${world}')
      window.open = (url) => {
        const detail = String(new URL(url ?? 'about:blank', location.href))
        window.dispatchEvent(new CustomEvent('${page}-open', { detail }))
        return null
      }
    }`
    const inWorld = `if (window.top === window) {
      window.addEventListener('${page}-open', ({ detail }) => ${BINDING}(JSON.stringify({ kind: 'open', url: detail })));
      ${PRELOAD_WORLD}(${BRIDGE_END}('${world}', '${page}'), (${makeCarrier})(), (require) => {
        const module = { exports: {} }, exports = module.exports;
        ${source}
      })
    }`
    for (const script of [{ source: inPage }, { source: inWorld, worldName: WORLD }]) {
      const { identifier } = await this.#send('Page.addScriptToEvaluateOnNewDocument', script)
      this.#scripts.push(identifier)
    }
  }

  #callInWorld(executionContextId: number, name: string, ...args: readonly unknown[]): void {
    // A page that has gone meanwhile hears nothing, as in Electron.
    this.#send('Runtime.callFunctionOn', {
      executionContextId,
      functionDeclaration: `function (...args) { globalThis.${name}(...args) }`,
      arguments: args.map((value) => ({ value })),
    }).catch(() => undefined)
  }

  async #hearPreload({ name, payload, executionContextId }: Loose): Promise<void> {
    const world = this.#worlds.get(executionContextId)
    if (name !== BINDING || world?.name !== WORLD) return
    const message = JSON.parse(payload)
    if (message.kind === 'open') return this.#decideOpen(message.url)
    const event = { type: 'frame', sender: this, senderFrame: this.frame(world.frameId) }
    const reply = (isOk: boolean, value: unknown): void =>
      this.#callInWorld(executionContextId, 'electronHostReply', message.id, isOk, carrier.pack(value))
    try {
      const args = carrier.unpack(message.payload) as unknown[]
      reply(true, await ipcMain.invoke(event, message.channel, args))
    } catch (error) {
      reply(false, String(error))
    }
  }

  #decideOpen(wire: string): void {
    const url = fromWire(wire)
    // The details that the app's handlers look at.
    const answer = this.#onOpen?.({ url } as Electron.HandlerDetails)
    if (answer?.action !== 'deny') unmodelled(`an opened window (${url})`)
  }

  /** A navigation is asked about, a file of the app's own schemes is answered. What else it lets pass is found on this machine only. */
  async #decideRequest({ requestId, request, resourceType, frameId }: Loose): Promise<void> {
    const fail = (errorReason: string) =>
      this.#send('Fetch.failRequest', { requestId, errorReason }).catch(() => undefined)
    try {
      const url = fromWire(request.url)
      if (resourceType === 'Document' && !this.#isOwnLoad(request.url, frameId)) {
        if (!this.#mayNavigate(url, frameId)) return void (await fail('Aborted'))
      }
      const { method, headers, postData } = request
      const answering = schemes.answer(
        new Request(url, { method, headers, ...(postData ? { body: postData } : {}) }),
      )
      if (answering === undefined) return void (await this.#send('Fetch.continueRequest', { requestId }))
      const answer = await answering
      await this.#send('Fetch.fulfillRequest', {
        requestId,
        responseCode: answer.status,
        responseHeaders: [...answer.headers].map(([name, value]) => ({ name, value })),
        body: Buffer.from(await answer.arrayBuffer()).toString('base64'),
      })
    } catch {
      await fail('Failed')
    }
  }

  #isOwnLoad(wire: string, frameId: string): boolean {
    if (frameId !== this.targetId) return false
    const isAsked = this.#askedByPage.delete(wire)
    // A test that reloads the page does it from outside, where Electron asks nobody.
    return this.#ownLoads.delete(wire) || (!isAsked && wire === this.#frames.get(this.targetId)?.url)
  }

  #mayNavigate(url: string, frameId: string): boolean {
    const isMainFrame = frameId === this.targetId
    const event = preventable({ url, isMainFrame, isSameDocument: false })
    this.emit('will-frame-navigate', event)
    if (isMainFrame && !event.defaultPrevented) this.emit('will-navigate', event)
    return !event.defaultPrevented
  }
}
