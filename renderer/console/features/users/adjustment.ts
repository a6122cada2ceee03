// What a change of a balance by hand may be.
import type { CallInput } from '../../../../contract/catalogue.ts'

const DOLLAR = 1_000_000_000
/** A million dollars, so that a slip of the zero key stays small. */
export const AMOUNT_MAX = 1_000_000 * DOLLAR
export const PRESETS_NANO_USD = [10, 20, 50, 100].map((dollars) => dollars * DOLLAR)

export const DIRECTIONS = ['add', 'take'] as const
/** Only top-ups are revenue. What is taken away is always a correction. */
export const KINDS = ['top_up', 'gift', 'refund', 'correction'] as const

export interface Adjustment {
  readonly direction: (typeof DIRECTIONS)[number]
  readonly kind: (typeof KINDS)[number]
  readonly amountNanoUsd: number | undefined
  readonly note: string
}

export const signedAmount = ({
  direction,
  amountNanoUsd = 0,
}: Pick<Adjustment, 'direction' | 'amountNanoUsd'>): number =>
  direction === 'add' ? amountNanoUsd : -amountNanoUsd

export const toChange = (userId: string, adjustment: Adjustment): CallInput<'users.adjustBalance'> => ({
  userId,
  amountNanoUsd: signedAmount(adjustment),
  note: adjustment.note,
  kind: adjustment.direction === 'add' ? adjustment.kind : 'correction',
})
