// The names that both ends of the bridge speak.

/** Calls from the page, answered with envelopes. */
export const CHANNEL = 'codex-gateway'
/** Lists of pushed events to the page. */
export const EVENTS_CHANNEL = 'codex-gateway:events'
