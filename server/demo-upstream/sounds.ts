// Real sounds without a voice: a quiet tone as samples, and frames of silence as MP3.

export const SAMPLES_PER_SECOND = 24_000
/** What a frame of MPEG 2, layer III, at 24 kHz and 64 kilobits takes. */
const MP3_FRAME_BYTES = 192
const MP3_FRAME_SAMPLES = 576
const MP3_HEAD = [0xff, 0xf3, 0x84, 0xc4]
const WAV_HEAD_BYTES = 44

export function pcmOf(ms: number): Buffer {
  const samples = Math.round((ms * SAMPLES_PER_SECOND) / 1000)
  const bytes = Buffer.alloc(samples * 2)
  for (let at = 0; at < samples; at += 1)
    bytes.writeInt16LE(Math.round(2_000 * Math.sin((at * 2 * Math.PI * 440) / SAMPLES_PER_SECOND)), at * 2)
  return bytes
}

export function wavOf(ms: number): Buffer {
  const samples = pcmOf(ms)
  const header = Buffer.alloc(WAV_HEAD_BYTES)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + samples.length, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(SAMPLES_PER_SECOND, 24)
  header.writeUInt32LE(SAMPLES_PER_SECOND * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(samples.length, 40)
  return Buffer.concat([header, samples])
}

/** In whole frames of 24 ms. */
export function mp3Of(ms: number): Buffer {
  const frames = Math.ceil((ms * SAMPLES_PER_SECOND) / 1000 / MP3_FRAME_SAMPLES)
  const bytes = Buffer.alloc(frames * MP3_FRAME_BYTES)
  for (let at = 0; at < frames; at += 1) bytes.set(MP3_HEAD, at * MP3_FRAME_BYTES)
  return bytes
}

/** How long a WAV or an MP3 of this kind is; anything else is taken for speech at 16 kilobits. */
export function secondsOf(sound: Buffer): number {
  const isWav = sound.length > WAV_HEAD_BYTES && sound.toString('latin1', 0, 4) === 'RIFF'
  // Of one that says nothing of its rate no length can be known.
  const bytesPerSecond = isWav ? sound.readUInt32LE(28) : 0
  if (bytesPerSecond > 0) return (sound.length - WAV_HEAD_BYTES) / bytesPerSecond
  if (sound[0] === 0xff) return ((sound.length / MP3_FRAME_BYTES) * MP3_FRAME_SAMPLES) / SAMPLES_PER_SECOND
  return sound.length / 2_000
}
