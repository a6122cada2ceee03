// What a person is told whose request neither their plan nor their balance carries.
import { type Refusal, refusal } from '../../contract/errors.ts'

/**
 * Of the refusals of all that was asked to pay, in its order, the one to answer with. One that waiting helps comes first;
 * of a plan and then a balance that are both too small, what both lack is said.
 */
export function decideFundingRefusal(refusals: readonly Refusal[]): Refusal {
  const [first, last = first] = [refusals[0], refusals.at(-1)]
  if (!first || !last) throw new Error('a request that nothing was asked to pay for is not refused for money')
  const onHold = refusals.find(({ code }) => code === 'balance_on_hold')
  if (onHold) return onHold
  // A cap of the key stands before whatever pays, and is told as such.
  if (first === last || first.details?.scope !== 'plan' || last.details?.scope !== undefined) return last
  const { plan = '', window = '', metric = '', resetsAt = 0, resetsAtText = '' } = first.details
  return refusal('insufficient_quota', {
    ...last.details,
    ...{ cause: 'plan_then_balance', scope: 'plan', plan, window, metric, resetsAt, resetsAtText },
  })
}
