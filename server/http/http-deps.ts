// What the portal side is given by the composition root.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Refusal } from '../../contract/errors.ts'
import type { HttpsMode } from '../../contract/settings.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Identity } from '../operations/caller.ts'
import type { UnreadDispatch } from '../operations/dispatch.ts'
import type { Clock, Ids, Logger } from '../ports.ts'
import type { ClientRequest, ClientResponse } from '../wire/client-exchange.ts'
import type { TlsSide } from './both-schemes.ts'
import type { PageFacts } from './pages/page-facts.ts'
import type { WebApp } from './web-app.ts'

export interface Readiness {
  readonly database: boolean
  readonly setUp: boolean
  readonly upstream: boolean
}

/** What has been counted, in the text format of Prometheus. */
export interface Metrics {
  readonly contentType: string
  text(): Promise<string>
}

/** The OpenAI side, as the server hands requests to it. */
export interface GatewayDoor {
  /** Whether the OpenAI side answers this request, rather than the portal. */
  claims(req: ClientRequest): boolean
  /** Whether a POST to this target is one whose body is JSON and whose answer is metered. */
  meters(target: string): boolean
  handle(req: ClientRequest, res: ClientResponse): void
  /** Answers an upgrade: with a connection over WebSocket, or with a refusal and the end of the socket. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Refuses a request, as one of its own. */
  refuse(req: ClientRequest, res: ClientResponse, refused: Refusal): void
  /** Records a refusal that is written on a bare socket, and returns the id that it is to carry. */
  recordRefused(address: string, refused: Refusal): string
}

/** HTTPS on the port of HTTP. */
export interface HttpsSide extends TlsSide {
  readonly mode: () => HttpsMode
  /** PEM; undefined where nothing is served over HTTPS. */
  readonly authorityCertificate: () => string | undefined
  /** SHA-256 of it, as browsers show it. */
  readonly fingerprint: () => string | undefined
}

export interface HttpDeps {
  readonly https: HttpsSide
  readonly dispatch: UnreadDispatch
  /** Whose session a cookie's token names, and that it was used from this address. */
  readonly identify: (token: string, address: string) => Promise<Identity | undefined>
  /** The same by the id alone: for a connection that stays open. */
  readonly lookUpSession: (sessionId: string) => Identity | undefined
  readonly events: EventBus
  /** That a request arrived at an address of this machine, and from which. */
  readonly noteArrival: (own: string, from: string) => void
  readonly version: string
  readonly clock: Pick<Clock, 'now'>
  /** From where administrators may administer, now. */
  readonly remoteAdministration: () => 'off' | 'loopback' | 'lan'
  /** Names beside IP addresses and localhost that requests may carry. */
  readonly allowedHosts: () => readonly string[]
  readonly readiness: () => Readiness
  readonly metrics: Metrics
  /** Lets whoever sends it read the metrics from elsewhere. */
  readonly metricsToken: string | undefined
  readonly pageFacts: () => PageFacts
  /** Undefined where they have not been built: everything but the pages works all the same. */
  readonly apps: { readonly portal: WebApp | undefined; readonly console: WebApp | undefined }
  readonly defaultLanguage: 'en' | 'zh-CN'
  readonly isStopping: () => boolean
  readonly ids: Pick<Ids, 'next'>
  readonly logger: Pick<Logger, 'error' | 'warn'>
}
