// The address of the list of requests, narrowed to what other screens speak of.
import { CONSOLE_PATHS } from '../../contract/page-paths.ts'

/** The members are those of the usage screen's address: `user`, `key`, `model`, `status`, `reason`, `request` … */
export const usagePath = (narrowed: Readonly<Record<string, string>>): string =>
  `${CONSOLE_PATHS.usage}?${new URLSearchParams(narrowed)}`
