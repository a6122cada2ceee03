// Commands for a writer, about Ann and her requests.
import type { WriteCommand } from '../../server/db/write-command.ts'
import { holdOf, NOW, usageOf } from './database.ts'

export const release = (requestId: string): WriteCommand => ({
  kind: 'release',
  hold: holdOf(requestId),
  usage: usageOf(requestId, { reason: 'upstream_failed' }),
  createdAt: NOW,
})

export const topUp = (amountNanoUsd: number): WriteCommand => ({
  kind: 'balance_change',
  userId: 'user-ann',
  changeKind: 'top_up',
  amountNanoUsd,
  note: '',
  actorUserId: null,
  createdAt: NOW,
})
