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

const words = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(numbers.length * 4)
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, index * 4)
  return bytes
}
/** AAC, told to be at one rate and configured for another. */
function sampleEntry(told: number, configured: readonly number[]): Buffer {
  const entry = Buffer.alloc(28)
  entry.writeUInt16BE(told, 24)
  const decoder = Buffer.from([0x05, configured.length, ...configured])
  const esds = [
    words(0),
    Buffer.from([3, 0x80, 0x80, 0x80, 34, 0, 1, 0, 4, 17]),
    Buffer.alloc(13, 5),
    decoder,
  ]
  return box('stsd', words(0, 1), box('mp4a', entry, box('esds', ...esds)))
}
/** AAC LC at 44.1 kHz. */
const AT_44_100 = [0x12, 0x08]
function movie(units: number, scale: number, entry = sampleEntry(44_100, AT_44_100), frames = 0): Buffer {
  const header = words(0, 0, 0, scale, units)
  const tables = box('stbl', entry, box('stsz', words(0, 0, frames)))
  const media = box('mdia', box('mdhd', header), box('minf', tables))
  return box('moov', box('mvhd', Buffer.alloc(20)), box('trak', box('tkhd', words(0, 0, 0, 1)), media))
}
const fragment = (frames: number) =>
  box('moof', box('mfhd', words(0, 1)), box('traf', box('tfhd', words(0, 1)), box('trun', words(0, frames))))
/** As a browser records it: an index without samples, and fragments. */
const fragments = Buffer.concat([
  box('ftyp', Buffer.from('M4A \0\0\0\0isom')),
  movie(0, 44_100),
  ...[100, 115].flatMap((frames) => [fragment(frames), box('mdat', Buffer.alloc(9_000, 0x11))]),
])
const FTYP = box('ftyp', Buffer.from('M4A \0\0\0\0isom'))
/** Of what has no frames that are known, in two fragments: five samples of 20 ms, and two of 30 and 40 ms. */
function timedFragments(codec: string): Buffer {
  const media = box(
    'mdia',
    box('mdhd', words(0, 0, 0, 1_000, 0)),
    box('minf', box('stbl', box('stsd', words(0, 1), box(codec)))),
  )
  const track = box('trak', box('tkhd', words(0, 0, 0, 1)), media)
  const usual = box('mvex', box('trex', words(0, 1, 1, 20, 0, 0)))
  const run = box('traf', box('tfhd', words(0x9, 1, 0, 0, 20)), box('trun', words(0x1, 5, 0)))
  const runs = box('traf', box('tfhd', words(0, 1)), box('trun', words(0x301, 2, 0, 30, 9, 40, 9)))
  return Buffer.concat([
    FTYP,
    box('moov', box('mvhd', Buffer.alloc(20)), track, usual),
    box('moof', run),
    box('moof', runs),
  ])
}
const m4a = (movieFirst: boolean) => {
  const samples = box('mdat', Buffer.alloc(30_000, 0x11))
  const index = movie(44_100 * 3, 44_100)
  return Buffer.concat(movieFirst ? [FTYP, index, samples] : [FTYP, samples, index])
}

function page(position: bigint, ...packets: Buffer[]): Buffer {
  const head = Buffer.alloc(27)
  head.write('OggS', 0, 'latin1')
  head.writeBigUInt64LE(position, 6)
  const laces = packets.flatMap(({ length }) => [
    ...Array.from({ length: Math.floor(length / 255) }, () => 255),
    length % 255,
  ])
  head[26] = laces.length
  return Buffer.concat([head, Buffer.from(laces), ...packets])
}
/** Its first page begins a stream. */
function begins(first: Buffer): Buffer {
  first[5] = 2
  return first
}
/** Of 20 ms, two frames of 60 ms, and five of 10 ms. */
const OPUS_PACKETS = [
  Buffer.from([0x78, ...Array.from({ length: 300 }, () => 7)]),
  Buffer.from([0x19, 1, 2]),
  Buffer.from([0x73, 5, 1]),
]
const OPUS_PACKETS_MS = 20 + 120 + 50
const manyPackets = (times: number) => Array.from({ length: times }, () => OPUS_PACKETS).flat()
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

/** The head of a frame of 4,096 samples at 44.1 kHz, two channels of 16 bits, whose checksum is right. */
function flacFrame(number: number, bytes: number): Buffer {
  const head = [0xff, 0xf8, 0xc9, 0x18, number]
  let sum = 0
  for (const byte of head) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = (sum & 0x80 ? (sum << 1) ^ 0x07 : sum << 1) & 0xff
  }
  return Buffer.concat([Buffer.from([...head, sum]), Buffer.alloc(bytes, 0xff)])
}
const flacFrames = (count: number, told = 0) =>
  Buffer.concat([
    flac(told, 0),
    ...Array.from({ length: count }, (_, at) => flacFrame(at, 700)),
    flacFrame(count, 5),
  ])

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
const block = (time: number, ...packet: readonly number[]) => {
  const head = Buffer.from([0x81, 0, 0, 0x80])
  head.writeInt16BE(time, 1)
  return element('a3', head, Buffer.from(packet), Buffer.alloc(80, 7))
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

/** A track of Opus, of which all times are the same. */
const timelessWebm = (blocks: readonly Buffer[]) =>
  Buffer.concat([
    element('1a45dfa3', element('4282', Buffer.from('webm'))),
    Buffer.from('1853806701ffffffffffffff', 'hex'),
    element('1654ae6b', element('ae', element('d7', Buffer.from([1])), element('86', Buffer.from('A_OPUS')))),
    element('1f43b675', element('e7', Buffer.from([0, 0])), ...blocks),
    element('ec', Buffer.alloc(20)),
  ])

const withTag = (sound: Buffer) =>
  Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x02\x00', 'latin1'), Buffer.alloc(256, 0xff), sound])

const SOUNDS: readonly (readonly [string, Buffer, number])[] = [
  ['WAV', wavOf(4_200), 4_200],
  ['MP3, frame by frame', mp3Of(2_400), 2_400],
  ['MP3 behind a tag that is full of false frames', withTag(mp3Of(2_400)), 2_400],
  ['AAC in ADTS behind a tag', withTag(adts), Math.ceil((43 * 1_024 * 1_000) / 44_100)],
  ['FLAC behind a tag', withTag(flacFrames(40)), Math.ceil((41 * 4_096 * 1_000) / 44_100)],
  ['M4A, its index first', m4a(true), 3_000],
  ['M4A, its index last', m4a(false), 3_000],
  ['Opus in Ogg', opus, 2_500],
  [
    'Opus in Ogg whose last position cuts off a part of its last packet',
    Buffer.concat([
      begins(page(0n, OPUS_HEAD)),
      page(0n, Buffer.from('OpusTags')),
      page(480n * 17n, ...OPUS_PACKETS),
    ]),
    170,
  ],
  ['M4A in fragments', fragments, Math.ceil((215 * 1_024 * 1_000) / 44_100)],
  ['Opus in fragments of MP4', timedFragments('Opus'), 5 * 20 + 30 + 40],
  ['FLAC', flac(44_100 * 2, 40_000), 2_000],
  ['FLAC that was sent while it was recorded', flacFrames(40), Math.ceil((41 * 4_096 * 1_000) / 44_100)],
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

  test('of Opus in Ogg is as long as its packets, of all its streams together', () => {
    const stream = (packets: number) => [
      begins(page(0n, OPUS_HEAD)),
      page(0n, Buffer.from('OpusTags')),
      page(48n, ...manyPackets(packets)),
    ]
    expect(msOf(Buffer.concat(stream(40)))).toBe(40 * OPUS_PACKETS_MS)
    expect(msOf(Buffer.concat([...stream(40), ...stream(10), ...stream(30)]), [7])).toBe(80 * OPUS_PACKETS_MS)
    expect(msOf(Buffer.concat(Array.from({ length: 101 }, () => stream(1)).flat()))).toBeUndefined()
  })

  test('of Vorbis is as long as its blocks', () => {
    const head = Buffer.alloc(30)
    head.write('\x01vorbis', 0, 'latin1')
    head.writeUInt32LE(44_100, 12)
    head[28] = 0xb8
    const headers = [page(0n, head), page(0n, Buffer.from('\x03vorbis')), page(0n, Buffer.from('\x05vorbis'))]
    // Long blocks of 2,048 samples, and short ones of 256.
    const blocks = Array.from({ length: 200 }, (_, at) => Buffer.from([at % 4 === 0 ? 0 : 2, 1]))
    const samples = 150 * 1_024 + 50 * 128
    expect(msOf(Buffer.concat([...headers, page(1n, ...blocks)]))).toBe(Math.ceil((samples * 1_000) / 44_100))
  })

  test('of WebM is as long as the packets of Opus in it, alone or several to a block', () => {
    const alone = Array.from({ length: 100 }, () => block(0, 0x78))
    expect(msOf(timelessWebm(alone))).toBe(100 * 20)
    const fixed = element('a3', Buffer.from([0x81, 0, 0, 0x84, 9, 0x19]), Buffer.alloc(80, 7))
    expect(msOf(timelessWebm([fixed]))).toBe(10 * 120)
    // Its times go further than its packets, behind a pause.
    expect(msOf(timelessWebm([block(0, 0x78), block(900, 0x78)]))).toBe(920)
    const laced = element('a3', Buffer.from([0x81, 0, 0, 0x86, 9, 0x80]), Buffer.alloc(80, 7))
    expect(msOf(timelessWebm([laced]))).toBe(10 * 20)
  })

  test('of an M4A is as long as its frames, at the lower of the rates that it tells, whichever index is read', () => {
    const m4aOf = (...movies: Buffer[]) =>
      msOf(Buffer.concat([FTYP, ...movies, box('mdat', Buffer.alloc(900))]))
    const ms = Math.ceil((500 * 1_024 * 1_000) / 44_100)
    expect(m4aOf(movie(1, 1_000, undefined, 500))).toBe(ms)
    expect(m4aOf(movie(1, 1_000, undefined, 500), movie(1, 1_000))).toBe(ms)
    expect(m4aOf(movie(1, 1_000, sampleEntry(65_535, AT_44_100), 500))).toBe(ms)
    // 8,000 samples a second, written out.
    const written = [0x17, 0x80, 0x0f, 0xa0, 0x08]
    expect(m4aOf(movie(1, 1_000, sampleEntry(65_535, written), 500))).toBe(500 * 128)
  })

  test('of an MP3 or an AAC file, most of which is none of their frames, is none', () => {
    const other = Buffer.alloc(50_000, 0x11)
    expect(msOf(Buffer.concat([mp3Of(1_000), other]))).toBeUndefined()
    expect(msOf(Buffer.concat([adts, other]))).toBeUndefined()
    // A tag behind the sound is no reason to doubt it.
    expect(msOf(Buffer.concat([mp3Of(2_400), other.subarray(0, 2_000)]))).toBe(2_400)
  })

  test('of a FLAC file is as long as its frames, which nothing within one is taken for', () => {
    const ms = Math.ceil((41 * 4_096 * 1_000) / 44_100)
    expect(msOf(flacFrames(40, 1))).toBe(ms)
    const other = flacFrame(3, 700)
    other[2] = 0xc8
    expect(msOf(Buffer.concat([flacFrames(40), other]))).toBe(ms)
  })

  test('of a FLAC file that says nothing, or less than it holds, is none, or what it holds', () => {
    expect(msOf(flac(0, 10_000))).toBeUndefined()
    expect(msOf(flac(1, 88_200))).toBeGreaterThanOrEqual(1_000)
  })
})

test('a byte that is another one here and there stops no reading either', () => {
  const sounds = [...SOUNDS.map(([, sound]) => sound), timelessWebm([block(0, 0x78)])]
  const change = fc.tuple(fc.nat(2_000), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(fc.constantFrom(...sounds), fc.array(change, { maxLength: 20 }), (whole, changes) => {
      const sound = Buffer.from(whole.subarray(0, 4_000))
      for (const [at, byte] of changes) sound[at % sound.length] = byte
      expect(msOf(sound, [333]) ?? 0).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 500 },
  )
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
