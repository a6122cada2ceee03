// Whom the app believes when it calls an upstream: Node's own list of authorities, and those that this system trusts. A company
// that opens TLS on its way out has put its own there, and the variable that Node has for it is switched off in the package.
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Logger } from '../server/ports.ts'

/** Before anything is called. A system whose list cannot be read is one that adds nobody. */
export function trustSystemAuthorities(logger: Pick<Logger, 'warn'>): void {
  try {
    setDefaultCACertificates([...new Set([...getCACertificates('default'), ...getCACertificates('system')])])
  } catch (error) {
    logger.warn({ err: error }, 'the authorities of the system could not be read')
  }
}
