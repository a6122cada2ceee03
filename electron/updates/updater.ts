// What the app asks of whichever program replaces it with a newer one.

export type UpdaterNews =
  | { readonly kind: 'newest' }
  | { readonly kind: 'downloading'; readonly version: string; readonly percent: number }
  | { readonly kind: 'ready'; readonly version: string }
  /** One line, in the words of whoever refused. */
  | { readonly kind: 'failed'; readonly message: string }

export interface Updater {
  /** Asks the feed, and downloads what is newer. What comes of it is news; it never rejects. */
  check(): Promise<void>
  onNews(listener: (news: UpdaterNews) => void): void
  /** Puts what was downloaded in this app's place. False where that failed, and the app stays what it was. */
  install(): boolean
  /** Quitting installs nothing from now on. */
  keepVersion(): void
}
