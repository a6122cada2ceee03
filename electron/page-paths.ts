// Which paths are pages, by the addresses of the contract, where `:name` stands for one segment.
import { CONSOLE_PATHS, PORTAL_PATHS } from '../contract/page-paths.ts'

function matcherOf(paths: readonly string[]): (path: string) => boolean {
  const patterns = paths.map((path) => new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`))
  return (path) => patterns.some((pattern) => pattern.test(path))
}

export const isConsolePath = matcherOf(Object.values(CONSOLE_PATHS))
export const isPortalPath = matcherOf(Object.values(PORTAL_PATHS))
