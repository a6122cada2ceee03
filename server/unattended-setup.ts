// Completes the set-up from the environment, for machines that nobody sits at. Ignored once the set-up is done.
import { messageOf } from '../contract/errors.ts'
import { setupComplete } from '../contract/operations/setup.ts'
import type { StartConfig } from './config.ts'
import type { Caller } from './operations/caller.ts'
import type { OperationDeps } from './operations/deps.ts'
import { completeSetup } from './operations/handlers/setup.ts'
import { StartError } from './start-error.ts'
import { chooseUpstream } from './upstream-target.ts'

const VARIABLES = { email: 'CODEX_GATEWAY_ADMIN_EMAIL', password: 'CODEX_GATEWAY_ADMIN_PASSWORD' } as const

/** Whoever sets the environment of the process is as close to the machine as anyone gets. */
const ENVIRONMENT: Caller = {
  door: 'ipc',
  user: undefined,
  sessionId: undefined,
  address: 'environment',
  client: '',
  isLocal: true,
  mayAdminister: true,
}

export async function completeFromEnvironment(config: StartConfig, deps: OperationDeps): Promise<void> {
  const { email, password } = config.admin
  if (deps.setup.isDone() || (email === undefined && password === undefined)) return
  if (email === undefined || password === undefined) {
    const missing = email === undefined ? VARIABLES.email : VARIABLES.password
    throw new StartError(
      2,
      `${missing} is missing: set both of ${Object.values(VARIABLES).join(' and ')}, or neither.`,
    )
  }
  const admin = setupComplete.input.shape.admin.safeParse({ email, password })
  if (!admin.success) {
    const issue = admin.error.issues[0]
    const variable = issue?.path[0] === 'password' ? VARIABLES.password : VARIABLES.email
    throw new StartError(2, `${variable} ${issue?.message ?? 'is not valid'}.`)
  }
  const upstream = chooseUpstream(config.upstream, deps.upstreamConfig.current())
  const done = await completeSetup(deps, { admin: admin.data, upstream }, ENVIRONMENT)
  if (!done.ok)
    throw new StartError(2, `The set-up from the environment was refused. ${messageOf(done.error)}`)
  deps.logger.info(
    { adminUserId: done.value.id, upstream: upstream?.kind },
    'set-up completed from the environment',
  )
}
