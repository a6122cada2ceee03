// The default balance: what a person is given once, when they have been verified, invited or approved. The decision and the
// change of status are one transaction, the gift and its end are another; what a crash left between them is given at the start.
import type { OperationDeps } from './deps.ts'

type GiftDeps = Pick<OperationDeps, 'accounts' | 'repositories' | 'logger'> & {
  readonly settings: Pick<OperationDeps['settings'], 'current'>
}

/** Decides that a person gets it; part of the transaction that makes them active. Who had it before does not get it again. */
export function decideDefaultBalance({ repositories, settings }: GiftDeps, userId: string): void {
  const user = repositories.users.findById(userId)
  if (user?.defaultBalance !== 'waiting') return
  const isNothing = settings.current().defaultBalanceNanoUsd === 0
  repositories.users.setDefaultBalance(userId, isNothing ? 'settled' : 'due')
}

/** Gives what is due. Where the disk does not take it, it stays due, and the next start gives it. */
export async function giveDefaultBalance(
  { accounts, settings, repositories, logger }: GiftDeps,
  userId: string,
  actorUserId: string | null,
): Promise<void> {
  const user = repositories.users.findById(userId)
  if (user?.defaultBalance !== 'due') return
  const amountNanoUsd = settings.current().defaultBalanceNanoUsd
  if (amountNanoUsd === 0) {
    repositories.users.setDefaultBalance(userId, 'settled')
    return
  }
  const note = 'Default balance'
  try {
    const change = { userId, kind: 'gift', amountNanoUsd, note, actorUserId, isDefaultBalance: true } as const
    const given = await accounts.changeBalance(change)
    if (!given.ok) logger.error({ userId, code: given.error.code }, 'a default balance could not be given')
  } catch (err) {
    logger.error({ err, userId }, 'a default balance was not given: it is not due any more')
  }
}

export async function giveDueDefaultBalances(deps: GiftDeps): Promise<void> {
  for (const userId of deps.repositories.users.withDefaultBalanceDue()) {
    await giveDefaultBalance(deps, userId, null)
  }
}
