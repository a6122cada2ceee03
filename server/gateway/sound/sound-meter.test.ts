// Sounds made by hand, of a length that is known: read whatever way they are cut, and whatever their headers claim.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mp3Of, pcmOf, wavOf } from '../../demo-upstream/sounds.ts'
import { SoundMeter } from './sound-meter.ts'

function msOf(sound: Buffer, sizes: readonly number[] = [sound.length], isPcm = false): number | undefined {
  const meter = new SoundMeter(isPcm)
  let at = 0
  for (let turn = 0; at < sound.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    meter.push(sound.subarray(at, at + size))
    at += size
  }
  return meter.ms
}

function box(type: string, ...inner: Buffer[]): Buffer {
  const content = Buffer.concat(inner)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length + 8, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, content])
}

function movie(units: number, scale: number): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt32BE(scale, 12)
  header.writeUInt32BE(units, 16)
  const mvhd = box('mvhd', Buffer.alloc(20))
  return box('moov', mvhd, box('trak', box('mdia', box('mdhd', header))))
}
const FTYP = box('ftyp', Buffer.from('M4A \0\0\0\0isom'))
const m4a = (movieFirst: boolean) => {
  const samples = box('mdat', Buffer.alloc(30_000, 0x11))
  const index = movie(44_100 * 3, 44_100)
  return Buffer.concat(movieFirst ? [FTYP, index, samples] : [FTYP, samples, index])
}

function page(position: bigint, ...packets: Buffer[]): Buffer {
  const content = Buffer.concat(packets)
  const head = Buffer.alloc(27)
  head.write('OggS', 0, 'latin1')
  head.writeBigUInt64LE(position, 6)
  const segments = Buffer.alloc(Math.floor(content.length / 255) + 1, 255)
  segments[segments.length - 1] = content.length % 255
  head[26] = segments.length
  return Buffer.concat([head, segments, content])
}
const OPUS_HEAD = Buffer.from('OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0', 'latin1')
const opus = Buffer.concat([
  page(0n, OPUS_HEAD),
  page(48_000n, Buffer.alloc(900)),
  page(120_000n, Buffer.alloc(300)),
])

function flac(samples: number, bytes: number): Buffer {
  const info = Buffer.alloc(34)
  const packed = (44_100n << 44n) | (0n << 41n) | (15n << 36n) | BigInt(samples)
  info.writeBigUInt64BE(packed, 10)
  return Buffer.concat([Buffer.from('fLaC'), Buffer.from([0x80, 0, 0, 34]), info, Buffer.alloc(bytes)])
}

const adtsFrame = () => {
  const frame = Buffer.alloc(100)
  // No checksum, AAC LC, 44.1 kHz, one channel, 100 bytes, one block.
  frame.set([0xff, 0xf1, 0x50, 0x40, 100 >> 3, ((100 & 7) << 5) | 0x1f, 0xfc])
  return frame
}
const adts = Buffer.concat(Array.from({ length: 43 }, adtsFrame))

const element = (id: string, ...inner: Buffer[]): Buffer => {
  const content = Buffer.concat(inner)
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(content.length) | (1n << 56n), 0)
  return Buffer.concat([Buffer.from(id, 'hex'), size, content])
}
const block = (time: number) => {
  const head = Buffer.from([0x81, 0, 0, 0x80])
  head.writeInt16BE(time, 1)
  return element('a3', head, Buffer.alloc(80, 7))
}
const cluster = (time: number) =>
  element('1f43b675', element('e7', Buffer.from([time >> 8, time & 255])), block(0), block(40), block(80))
/** As a browser records it: a segment without a known length, and no length told. */
const webm = Buffer.concat([
  element('1a45dfa3', element('4282', Buffer.from('webm'))),
  Buffer.from('1853806701ffffffffffffff', 'hex'),
  element('1549a966', element('2ad7b1', Buffer.from([0x0f, 0x42, 0x40]))),
  cluster(0),
  cluster(1_000),
  cluster(2_000),
  Buffer.alloc(0),
])

const withTag = (sound: Buffer) =>
  Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x02\x00', 'latin1'), Buffer.alloc(256, 0xff), sound])

const SOUNDS: readonly (readonly [string, Buffer, number])[] = [
  ['WAV', wavOf(4_200), 4_200],
  ['MP3, frame by frame', mp3Of(2_400), 2_400],
  ['MP3 behind a tag that is full of false frames', withTag(mp3Of(2_400)), 2_400],
  ['M4A, its index first', m4a(true), 3_000],
  ['M4A, its index last', m4a(false), 3_000],
  ['Opus in Ogg', opus, 2_500],
  ['FLAC', flac(44_100 * 2, 40_000), 2_000],
  ['AAC in ADTS', adts, Math.ceil((43 * 1_024 * 1_000) / 44_100)],
  ['WebM as a browser records it', webm, 2_080 + 120],
]

describe.each(SOUNDS)('%s', (_name, sound, ms) => {
  test('is as long as it is, however it is cut', () => {
    expect(msOf(sound)).toBe(ms)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(msOf(sound, sizes)).toBe(ms)
      }),
      { numRuns: 30 },
    )
  })
})

test('a long index that comes in small pieces is no more work than one that comes whole', () => {
  const index = movie(30, 1)
  const free = box('free', Buffer.alloc(12_000_000))
  const long = Buffer.concat([
    FTYP,
    box('moov', free, index.subarray(8)),
    box('free'),
    box('mdat', Buffer.alloc(9)),
  ])
  expect(msOf(long, [100])).toBe(30_000)
})

test('bare samples are 48,000 bytes a second', () => {
  expect(msOf(pcmOf(1_234), [999], true)).toBe(1_234)
})

describe('a length that is a lie', () => {
  test('of a WAV that says it has no data, or is played at a million bytes a second, is not believed', () => {
    const sound = wavOf(3_000)
    sound.writeUInt32LE(8, 40)
    expect(msOf(sound)).toBe(3_000)
    sound.writeUInt32LE(1_000_000, 28)
    expect(msOf(sound)).toBe(3_000)
  })

  test.each([
    ['mu-law', [[20, 7]]],
    [
      'A-law of many bits',
      [
        [20, 6],
        [34, 64],
      ],
    ],
    [
      'MP3',
      [
        [20, 0x55],
        [34, 0],
      ],
    ],
    [
      'mu-law under another name',
      [
        [20, 0xfffe],
        [34, 64],
        [44, 7],
      ],
    ],
  ] as const)(
    'of a WAV in %s, whose header may claim any rate, is bounded by what such samples take',
    (_what, fields) => {
      const sound = wavOf(3_000)
      // The further members of a format stand between it and its samples.
      const longer = Buffer.concat([sound.subarray(0, 36), Buffer.alloc(24), sound.subarray(36)])
      longer.writeUInt32LE(40, 16)
      for (const [at, value] of fields) longer.writeUInt16LE(value, at)
      longer.writeUInt32LE(0xffffffff, 28)
      expect(msOf(longer)).toBeGreaterThanOrEqual(2_000)
    },
  )

  test('of a WAV with a second format is that of the first one, which is the one that players read', () => {
    const sound = wavOf(3_000)
    const format = Buffer.from(sound.subarray(12, 36))
    format.writeUInt32LE(4_000_000, 12)
    expect(msOf(Buffer.concat([sound.subarray(0, 36), format, sound.subarray(36)]))).toBe(3_000)
  })

  test('of an M4A, a WebM or an Opus file that is shorter than its bytes can be, is none', () => {
    const short = Buffer.concat([FTYP, movie(1, 1_000), box('mdat', Buffer.alloc(3_000_000))])
    expect(msOf(short)).toBeUndefined()
    expect(msOf(Buffer.concat([page(0n, OPUS_HEAD), page(480n, Buffer.alloc(60_000))]))).toBeGreaterThan(900)
  })

  test('of a FLAC file that says nothing, or less than it holds, is none, or what it holds', () => {
    expect(msOf(flac(0, 10_000))).toBeUndefined()
    expect(msOf(flac(1, 88_200))).toBeGreaterThanOrEqual(1_000)
  })
})

test('no bytes whatever stop the reading, and none give a length below zero', () => {
  const starts = SOUNDS.map(([, sound]) => sound.subarray(0, 60))
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.uint8Array({ maxLength: 4_000 }),
      fc.nat(59),
      (start, junk, at) => {
        const sound = Buffer.concat([start.subarray(0, at), Buffer.from(junk), start])
        expect(msOf(sound, [333]) ?? 0).toBeGreaterThanOrEqual(0)
      },
    ),
  )
})
