// What the pages know of the gateway; nothing here is secret, because anyone who reaches the address reads it.

export interface PageFacts {
  readonly isSetUpDone: boolean
  readonly hasUpstream: boolean
  readonly version: string
  /** What the operator calls this gateway. */
  readonly productName: string
}

export type Language = 'en' | 'zh-CN'

export interface PageRequest {
  /** What the operator calls this gateway. */
  readonly name: string
  /** Host and port as the browser sent them; checked before any page is drawn. */
  readonly host: string
  readonly scheme: 'http' | 'https'
  /** Whether the gateway has an authority of its own, which this device may not trust yet. */
  readonly hasAuthority: boolean
  readonly language: Language
}
