// Answers a frame with `generate: false`: nothing is sent upstream and nothing is charged, for no upstream can be asked for that
// over HTTP. Its id is one of ours, and the connection remembers its input under it.

import type { ClientRequest } from '../../wire/client-exchange.ts'
import type { StageDeps } from '../deps.ts'
import { type Outcome, outcomeWithoutRow } from '../outcome.ts'
import type { Reserved } from '../request.ts'
import { TurnRequest } from './turn-exchange.ts'

export const isWarmUp = (req: ClientRequest): boolean => req instanceof TurnRequest && !req.generates

export function answerWarmUp(deps: Pick<StageDeps, 'clock' | 'ids'>, reserved: Reserved): Outcome {
  const { res, requestId, facts, admission } = reserved
  admission.trueUp(0)
  const response = {
    id: `resp_${deps.ids.next().replaceAll('-', '')}`,
    object: 'response',
    created_at: Math.floor(reserved.receivedAt / 1000),
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    model: facts.model,
    output: [],
    parallel_tool_calls: true,
    store: facts.isStored,
    tool_choice: 'auto',
    tools: [],
    usage: null,
  }
  const events = [
    { type: 'response.created', sequence_number: 0, response },
    {
      type: 'response.completed',
      sequence_number: 1,
      response: { ...response, status: 'completed', usage: NOTHING_USED },
    },
  ]
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': requestId })
  res.end(
    Buffer.from(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')),
  )
  return outcomeWithoutRow(deps, reserved, { status: 200, code: null })
}

const NOTHING_USED = {
  input_tokens: 0,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 0,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 0,
}
