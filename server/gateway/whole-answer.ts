// Takes from an answer that is not a stream what is to be known of it, by the dialect that it is written in.
import { parseChatUsage, parseEmbeddingsUsage } from '../ledger/reported-usage.ts'
import { NO_USAGE } from '../ledger/token-usage.ts'
import type { Dialect } from './endpoints.ts'
import type { JsonObject } from './json-object.ts'
import { type ResponsesStreamOptions, takeResponse } from './responses-stream.ts'
import type { Measured } from './stream-meter.ts'

export function takeAnswer(
  dialect: Dialect,
  answer: JsonObject,
  measured: Measured,
  onId: ResponsesStreamOptions['onId'],
): void {
  switch (dialect) {
    case 'responses':
    case 'compaction':
      takeResponse(answer, measured, onId)
      return
    case 'chat':
    case 'completions':
      takeTotals(answer, measured, parseChatUsage)
      return
    case 'embeddings':
      takeTotals(answer, measured, parseEmbeddingsUsage)
      return
    case 'images':
    case 'variations':
    case 'transcriptions':
    case 'translations':
    case 'speech':
      // Theirs are measured by what the request asked for.
      return
    case 'input_tokens':
    case 'moderations':
      // Nothing is billed for it, whatever it says about tokens.
      measured.reported = { usage: NO_USAGE, isImplausible: false }
      return
  }
}

function takeTotals(answer: JsonObject, measured: Measured, parse: typeof parseChatUsage): void {
  measured.reported = parse(answer.usage)
  measured.rawReported = measured.reported ? JSON.stringify(answer.usage) : null
  if (typeof answer.id === 'string') measured.responseId = answer.id
  if (typeof answer.service_tier === 'string') measured.serviceTier = answer.service_tier
}
