// HTTPS while the gateway runs: switched on and off by a setting, with a certificate that follows the machine's addresses and
// is renewed before it ends. The key of the leaf is made at each renewal and lies in memory alone.
import type { HttpsView } from '../../contract/operations/https.ts'
import type { HttpsMode } from '../../contract/settings.ts'
import type { Clock, Ids, Logger, SecretStore } from '../ports.ts'
import { type Authority, factsOf, holdsAt, openAuthority, replaceAuthority } from './authority.ts'
import type { Issued } from './certificates.ts'
import { namesToPermit } from './subjects.ts'

const DAY_MS = 86_400_000
const RENEWED_BEFORE_MS = 30 * DAY_MS

export interface Https {
  mode(): HttpsMode
  /** What the gateway shows; undefined where nothing is served over HTTPS. */
  leaf(): Issued | undefined
  /** PEM; undefined where nothing is served over HTTPS. */
  authorityCertificate(): string | undefined
  view(): HttpsView
  /** Looks at the setting, the subjects and the time, and does what follows of them. Never rejects. */
  look(): Promise<void>
  /** A new authority and a leaf of it, whatever was there. */
  replaceAuthority(): Promise<void>
  /** Told after the mode, the leaf or the authority has changed. */
  onChange(listener: () => void): void
}

export interface HttpsDeps {
  readonly mode: () => HttpsMode
  /** Names and addresses that the certificate is to hold for, as they are now. */
  readonly subjects: () => readonly string[]
  /** For the authority's name, so that two of them can be told apart in a list. */
  readonly hostname: string
  readonly dataDir: string
  readonly secrets: SecretStore
  readonly clock: Pick<Clock, 'now'>
  readonly ids: Pick<Ids, 'randomBytes'>
  readonly logger: Pick<Logger, 'info' | 'error'>
}

interface Shown {
  readonly authority: Authority
  readonly leaf: Issued
  readonly subjects: readonly string[]
  readonly facts: ReturnType<typeof factsOf>
}

export function createHttps(deps: HttpsDeps): Https {
  const { clock, logger } = deps
  const listeners: (() => void)[] = []
  let mode: HttpsMode = 'off'
  let shown: Shown | undefined
  let problem: HttpsView['problem'] = null
  let last: Promise<unknown> = Promise.resolve()

  const tell = () => {
    for (const listener of listeners) listener()
  }
  const wish = () => ({
    name: `Codex Gateway authority (${deps.hostname.slice(0, 30)}, ${new Date(clock.now()).toISOString().slice(0, 10)})`,
    permittedNames: namesToPermit(deps.subjects()),
  })
  const show = (authority: Authority, subjects: readonly string[]): void => {
    const leaf = authority.issue(subjects)
    shown = { authority, leaf, subjects, facts: factsOf(leaf.certificate) }
    problem = null
    logger.info(
      { event: 'certificate_issued', fingerprint: shown.facts.fingerprint, subjects },
      'a certificate was made',
    )
  }
  /** One that was made while the clock was ahead does not hold yet. */
  const isStale = (now: Shown, subjects: readonly string[]): boolean =>
    now.subjects.join(' ') !== subjects.join(' ') ||
    now.facts.validUntil - clock.now() < RENEWED_BEFORE_MS ||
    !holdsAt(now.leaf.certificate, clock.now())

  /** Whether anything has changed. */
  async function follow(): Promise<boolean> {
    const wanted = deps.mode()
    const isModeNew = wanted !== mode
    mode = wanted
    if (wanted === 'off') {
      shown = undefined
      problem = null
      return isModeNew
    }
    const subjects = deps.subjects()
    if (shown?.authority.holdsAt(clock.now())) {
      if (!isStale(shown, subjects)) return isModeNew
      show(shown.authority, subjects)
      return true
    }
    // What is lost is not found by looking again. A secret store that did not answer may answer now.
    if (problem !== null && problem !== 'unexpected' && !isModeNew) return false
    const opened = await openAuthority(deps, wish())
    if (opened.ok) show(opened.value, subjects)
    else {
      problem = opened.error
      logger.error({ event: 'https_failed', problem }, 'HTTPS is wanted and cannot be served')
    }
    return true
  }

  /** One thing after another; what goes wrong is said, and tried again when something else has changed. */
  function inTurn(step: () => Promise<boolean>): Promise<void> {
    const run = last.then(step).then(
      (isChanged) => {
        if (isChanged) tell()
      },
      (error: unknown) => {
        shown = undefined
        problem = 'unexpected'
        logger.error({ event: 'https_failed', err: error }, 'HTTPS is wanted and cannot be served')
        tell()
      },
    )
    last = run
    return run
  }

  return {
    mode: () => mode,
    leaf: () => shown?.leaf,
    authorityCertificate: () => shown?.authority.certificate,
    view: () => ({
      mode,
      state: stateOf(mode, shown, problem),
      problem,
      authority: shown === undefined ? null : { ...shown.authority.facts, name: shown.authority.name },
      leaf:
        shown === undefined
          ? null
          : { ...shown.facts, subjects: shown.subjects.filter(shown.authority.mayName) },
      uncovered: shown?.subjects.filter((subject) => !shown?.authority.mayName(subject)) ?? [],
    }),
    look: () => inTurn(follow),
    replaceAuthority: () =>
      inTurn(async () => {
        const authority = await replaceAuthority(deps, wish())
        mode = deps.mode()
        problem = null
        shown = undefined
        if (mode !== 'off') show(authority, deps.subjects())
        return true
      }),
    onChange: (listener) => void listeners.push(listener),
  }
}

function stateOf(
  mode: HttpsMode,
  shown: Shown | undefined,
  problem: HttpsView['problem'],
): HttpsView['state'] {
  if (mode === 'off') return 'off'
  if (problem !== null) return 'failed'
  return shown === undefined ? 'starting' : 'ready'
}
