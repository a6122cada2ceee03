// Relays an answer that is sound: its bytes go out as they come, and are measured while they pass. The last of them wait for
// the charge, so that whoever has it whole finds it in the list.
import type { Ending } from '../../ledger/settle.ts'
import type { Clock } from '../../ports.ts'
import type { AnswerSource } from '../answer-source.ts'
import { ClientStream } from '../client-stream.ts'
import { clientHeaders } from '../headers.ts'
import type { LiveRequest } from '../live-requests.ts'
import { CLIENT_LEFT_STATUS, codeOf, NOTHING_MORE, type Relayed } from '../relayed.ts'
import type { Sending } from '../request.ts'
import { SoundMeter } from '../sound/sound-meter.ts'
import type { UpstreamFault, UpstreamHead } from '../upstream-exchange.ts'
import { MediaMeter, type MeteredMedia } from './media-meter.ts'

export interface SoundRelayOptions {
  readonly held: Sending
  readonly live: LiveRequest
  readonly source: AnswerSource
  readonly head: UpstreamHead
  readonly clock: Clock
  readonly asked: MeteredMedia
}

export function relaySound(options: SoundRelayOptions): Promise<Relayed> {
  const { held, live, source, head, clock, asked } = options
  const client = new ClientStream({
    res: held.res,
    live,
    source,
    clock,
    heartbeatMs: 0,
    heartbeat: noHeartbeat,
  })
  const sound = new SoundMeter(asked.media.speech?.isPcm === true)
  if (!live.isGone) {
    held.res.writeHead(200, { ...clientHeaders(head.headers, held.alias), 'x-request-id': held.requestId })
  }
  live.whenCut(() => client.break())
  let last: Buffer | undefined

  function relayed(ending: Ending, fault: UpstreamFault | undefined): Relayed {
    const meter = new MediaMeter(asked)
    meter.takeSound(sound.ms, sound.bytes)
    const isBroken = fault !== undefined
    return {
      ending: live.isDrainCut ? 'drain_cut' : ending,
      measured: isBroken ? brokenOff(meter) : meter.measured,
      status: held.res.headersSent ? held.res.statusCode : CLIENT_LEFT_STATUS,
      errorCode: live.cutBy?.code ?? (fault && !live.isDrainCut ? codeOf(fault) : null),
      firstByteMonoMs: client.firstByteMonoMs,
      // What has begun cannot be refused; a connection that breaks off is no end.
      finish: () => (isBroken ? client.break() : client.end(last ? [last] : [])),
      finished: NOTHING_MORE,
    }
  }

  return new Promise((resolve) => {
    source.consume({
      onData(chunk) {
        sound.push(chunk)
        if (last) client.write([last])
        last = chunk
        if (live.isGone) live.drained(chunk.length)
      },
      onEnd: () => resolve(relayed(live.isGone ? 'client_left' : 'finished', undefined)),
      onFault: (fault) => resolve(relayed('upstream_failed', fault)),
    })
  })
}

const noHeartbeat = () => undefined

/** What was not brought to its end is no report, whatever is known of it. */
function brokenOff({ measured }: MediaMeter) {
  const { reported, estimated } = measured
  return { ...measured, reported: undefined, estimated: estimated ?? reported?.usage }
}
