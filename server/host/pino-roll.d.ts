// The part of pino-roll that we use; the package ships no types.
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events'

  interface RollingFile extends EventEmitter {
    write(bytes: Buffer): boolean
    flush(): void
    flushSync(): void
  }

  interface RollingFileOptions {
    readonly file: string
    readonly extension: string
    readonly dateFormat: string
    readonly frequency: 'daily'
    readonly size: string
    readonly limit: { readonly count: number }
    readonly mkdir: boolean
    readonly mode: number
    readonly sync: boolean
    readonly minLength?: number
    readonly maxLength: number
    /** What `write` is given. */
    readonly contentMode: 'buffer'
  }

  function roll(options: RollingFileOptions): Promise<RollingFile>
  export = roll
}
