// When the client of a planned request hangs up.
import type { Scenario } from '../../../server/demo-upstream/demo-upstream.ts'
import type { Seeded } from './seeded.ts'
import type { UpstreamPlan } from './upstream-plan.ts'

/** `stays` is when it does not. */
export type Leaving =
  | { readonly when: 'stays' }
  | { readonly when: 'before_body' | 'mid_body' | 'with_body' | 'before_headers' | 'before_last_event' }
  | { readonly when: 'after_events'; readonly events: number }

/** What stands in the event before the one that ends a stream. */
export const LAST_BUT_ONE = /"finish_reason":"[a-z_]+"|event: response\.output_item\.done/

export function planLeaving(seeded: Seeded, isStream: boolean, upstream: UpstreamPlan): Leaving {
  if (upstream.isStalled) return stalledLeaving(seeded, isStream, upstream.scenario)
  if (!seeded.percent(35)) return { when: 'stays' }
  const always = ['before_body', 'mid_body', 'with_body', 'before_headers'] as const
  if (!isStream || seeded.percent(45)) return { when: seeded.pick(always) }
  if (seeded.percent(40)) return { when: 'before_last_event' }
  return { when: 'after_events', events: seeded.int(1, 12) }
}

/** Nobody waits for an upstream that says nothing more. */
function stalledLeaving(seeded: Seeded, isStream: boolean, { stall }: Scenario): Leaving {
  const events = typeof stall === 'object' && 'afterEvents' in stall ? stall.afterEvents : 0
  // The gateway writes nothing before the first event, and of the last events it may hold some back.
  return isStream && events > 2
    ? { when: 'after_events', events: seeded.int(1, 2) }
    : { when: 'before_headers' }
}
