// How long a packet of Opus sounds, which its first two bytes say (RFC 6716, 3.1): whoever decodes it plays that long, whatever
// the times around it claim.

/** In 48 kHz samples, of the frames that each configuration has. */
const SILK = [480, 960, 1_920, 2_880]
const HYBRID = [480, 960]
const CELT = [120, 240, 480, 960]
/** 120 ms: a packet that says more is no packet. */
const PACKET_SAMPLES_MAX = 5_760

/** Samples at 48 kHz; 0 for what cannot be a packet. */
export function opusSamples(first: number | undefined, second: number | undefined): number {
  if (first === undefined) return 0
  const samples = frameSamples(first >> 3) * frameCount(first & 3, second)
  return samples <= PACKET_SAMPLES_MAX ? samples : 0
}

function frameSamples(config: number): number {
  if (config < 12) return SILK[config & 3] ?? 0
  return (config < 16 ? HYBRID[config & 1] : CELT[config & 3]) ?? 0
}

function frameCount(code: number, second: number | undefined): number {
  if (code === 3) return (second ?? 0) & 63
  return code === 0 ? 1 : 2
}
