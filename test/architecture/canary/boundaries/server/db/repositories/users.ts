// breaks nothing
import type { NanoUsd } from '../../ledger/money.ts'

export const balance: NanoUsd = 0
