// What the pages know of the gateway; nothing here is secret, because anyone who reaches the address reads it.

export interface PageFacts {
  readonly isSetUpDone: boolean
  readonly upstream: 'openai' | 'demo' | null
  /** Whether other machines can reach this gateway at all. */
  readonly isOpenToNetwork: boolean
  /** The model that the examples name; undefined while there is none. */
  readonly sampleModel: string | undefined
  readonly version: string
}

export type Language = 'en' | 'zh-CN'

export interface PageRequest {
  /** Host and port as the browser sent them; checked before any page is drawn. */
  readonly host: string
  readonly language: Language
  /** Whether the page is read on the machine that the gateway runs on. */
  readonly isLocal: boolean
}
