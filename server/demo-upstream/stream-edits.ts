// What a scenario does to the events of a stream before they are sent.
import type { Scenario, StreamEvent } from './scenario.ts'

/** The first `count` events, and then what `ending` makes of how many came. Fewer events than that end as usual. */
function* endedAfter(
  events: Iterable<StreamEvent>,
  count: number,
  ending: (sent: number) => StreamEvent,
): Generator<StreamEvent> {
  let sent = 0
  for (const event of events) {
    if (sent === count) {
      yield ending(sent)
      return
    }
    yield event
    sent += 1
  }
}

/** `errorEvent` makes the event that ends a failed stream, given how many events came before it. */
export function editedEvents(
  events: Iterable<StreamEvent>,
  { streamError, editEvents }: Scenario,
  errorEvent: (sent: number) => StreamEvent,
): Iterable<StreamEvent> {
  const failing = streamError ? endedAfter(events, streamError.afterEvents, errorEvent) : events
  return editEvents ? editEvents(failing) : failing
}
