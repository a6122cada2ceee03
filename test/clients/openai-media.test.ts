// The official OpenAI SDK for images and sound against a running gateway: what it sends and gets, and what it is charged.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pngOf } from '../../server/demo-upstream/pictures.ts'
import { mp3Of, wavOf } from '../../server/demo-upstream/sounds.ts'
import { type Person, type RunningGateway, startGateway } from '../integration/support/running-gateway.ts'

let gateway: RunningGateway
let person: Person
let client: OpenAI

const IMAGE_RATES = {
  inputNanoUsdPerMTok: 5_000_000_000,
  outputNanoUsdPerMTok: 10_000_000_000,
  imageInputNanoUsdPerMTok: 8_000_000_000,
  imageOutputNanoUsdPerMTok: 30_000_000_000,
}
const FREE_TEXT = { inputNanoUsdPerMTok: 0, outputNanoUsdPerMTok: 0 }

beforeAll(async () => {
  gateway = await startGateway({ settings: { modelAliases: { painter: 'gpt-image-2' } } })
  const prices = [
    { model: 'gpt-image-2', ...IMAGE_RATES },
    { model: 'author', inputNanoUsdPerMTok: 1_000_000_000, outputNanoUsdPerMTok: 4_000_000_000 },
    {
      model: 'by-image',
      ...FREE_TEXT,
      imageNanoUsdPerImage: 20_000_000,
      smallImageNanoUsdPerImage: 16_000_000,
    },
    {
      model: 'gpt-4o-transcribe',
      inputNanoUsdPerMTok: 2_500_000_000,
      audioInputNanoUsdPerMTok: 6_000_000_000,
      outputNanoUsdPerMTok: 10_000_000_000,
      contextWindowTokens: 16_000,
      maxOutputTokens: 2_000,
    },
    { model: 'whisper-1', ...FREE_TEXT, audioInputNanoUsdPerSecond: 100_000 },
    { model: 'tts-1', ...FREE_TEXT, speechNanoUsdPerMChar: 15_000_000_000 },
    {
      model: 'gpt-4o-mini-tts',
      inputNanoUsdPerMTok: 600_000_000,
      outputNanoUsdPerMTok: 12_000_000_000,
      audioOutputNanoUsdPerMTok: 12_000_000_000,
    },
    { model: 'only-text', inputNanoUsdPerMTok: 1_000_000_000, outputNanoUsdPerMTok: 1_000_000_000 },
  ]
  for (const price of prices) {
    const set = await gateway.admin('prices.upsert', price)
    if (!set.ok) throw new Error(JSON.stringify(set))
  }
})
afterAll(async () => {
  await gateway.stop()
})
beforeEach(async () => {
  gateway.upstream.reset()
  person = await gateway.createPerson()
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: person.key, maxRetries: 0 })
})

/** The one row of this person, at this cost, which left the balance; and nothing of a form is left on disk. */
async function theRow(costNanoUsd: number) {
  const rows = await gateway.usageOf(person)
  expect(rows).toHaveLength(1)
  const [row] = rows
  expect(row?.costNanoUsd).toBe(costNanoUsd)
  expect(await gateway.balanceOf(person)).toBe(100_000_000_000 - costNanoUsd)
  expect(readdirSync(join(gateway.dataDir, 'uploads'))).toEqual([])
  return row
}

const lastBody = () => gateway.upstream.requests.at(-1)?.body ?? Buffer.alloc(0)
const wav = (ms: number) => toFile(wavOf(ms), 'speech.wav', { type: 'audio/wav' })
const png = () => toFile(pngOf('in'), 'in.png', { type: 'image/png' })

describe('images', () => {
  test('are generated, and charged by the tokens that are reported', async () => {
    const made = await client.images.generate({
      model: 'gpt-image-2',
      prompt: 'A gate.',
      n: 2,
      quality: 'low',
      size: '1024x1024',
    })
    expect(made.data).toHaveLength(2)
    expect(
      Buffer.from(made.data?.[0]?.b64_json ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
    // Two tokens of text at $5, 544 of images at $30 a million.
    const row = await theRow(2 * 5_000 + 544 * 30_000)
    expect(row).toMatchObject({
      endpoint: '/v1/images/generations',
      reason: 'completed',
      inputTokens: 2,
      outputTokens: 544,
    })
  })

  test('are streamed with their previews, events of megabytes among them', async () => {
    gateway.upstream.script({ answer: { text: 'x'.repeat(3_000_000) } })
    const stream = await client.images.generate({
      model: 'gpt-image-2',
      prompt: 'A gate.',
      quality: 'low',
      stream: true,
      partial_images: 2,
    })
    const types: string[] = []
    let usage: OpenAI.ImageGenCompletedEvent['usage'] | undefined
    for await (const event of stream) {
      types.push(event.type)
      expect(Buffer.from(event.b64_json, 'base64').length).toBeGreaterThan(3_000_000)
      if (event.type === 'image_generation.completed') usage = event.usage
    }
    expect(types).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ])
    expect(usage?.output_tokens).toBe(472)
    expect(await theRow(2 * 5_000 + 472 * 30_000)).toMatchObject({ stream: true, reason: 'completed' })
  })

  test('are edited from a form, whose bytes arrive as they were sent, and from JSON', async () => {
    const edited = await client.images.edit({
      model: 'gpt-image-2',
      prompt: 'A gate.',
      image: [await png(), await png()],
      quality: 'low',
    })
    expect(edited.data).toHaveLength(1)
    const sent = lastBody()
    expect(sent.indexOf(pngOf('in'))).toBeGreaterThan(0)
    // Two images of 323 tokens at $8.
    await theRow(2 * 5_000 + 646 * 8_000 + 272 * 30_000)
  })

  test('keep an alias to themselves: only the name in the form is changed', async () => {
    await client.images.edit({ model: 'painter', prompt: 'A gate.', image: await png(), quality: 'low' })
    const text = lastBody().toString('latin1')
    expect(text).toContain('name="model"\r\n\r\ngpt-image-2\r\n')
    expect(text).not.toContain('painter')
    expect(gateway.upstream.requests.at(-1)?.headers['content-length']).toBe(String(lastBody().length))
  })

  test('written as SVG cost what their author costs besides', async () => {
    await client.images.generate({
      model: 'gpt-image-2',
      prompt: 'A gate.',
      quality: 'low',
      output_format: 'svg',
      svg: { model: 'author' },
    })
    // 900 tokens at $1 and 400 at $4 a million.
    await theRow(2 * 5_000 + 272 * 30_000 + 900 * 1_000 + 400 * 4_000)
    const unnamed = client.images.generate({ model: 'gpt-image-2', prompt: 'A gate.', output_format: 'svg' })
    await expect(unnamed).rejects.toMatchObject({ status: 400, param: 'svg.model' })
  })

  test('varied cost by the image, by its size', async () => {
    const made = await client.images.createVariation({
      model: 'by-image',
      image: await png(),
      n: 2,
      size: '256x256',
    })
    expect(made.data).toHaveLength(2)
    expect(await theRow(2 * 16_000_000)).toMatchObject({
      endpoint: '/v1/images/variations',
      reason: 'completed',
    })
  })

  test('need a price that is for images', async () => {
    const asked = client.images.generate({ model: 'only-text', prompt: 'A gate.' })
    await expect(asked).rejects.toMatchObject({ status: 404, code: 'endpoint_not_priced', param: 'model' })
    expect(gateway.upstream.requests).toHaveLength(0)
  })
})

describe('transcriptions', () => {
  test('are charged by the tokens that are reported, though the model stands behind the file', async () => {
    const heard = await client.audio.transcriptions.create({
      file: await wav(30_000),
      model: 'gpt-4o-transcribe',
    })
    expect(heard.text).toBeTruthy()
    const text = lastBody().toString('latin1')
    expect(text.indexOf('name="file"')).toBeLessThan(text.indexOf('name="model"'))
    // 300 tokens of sound at $6, thirteen of text at $10.
    const row = await theRow(300 * 6_000 + 13 * 10_000)
    expect(row).toMatchObject({ inputTokens: 300, outputTokens: 13, reason: 'completed' })
  })

  test('are streamed', async () => {
    const stream = await client.audio.transcriptions.create({
      file: await wav(2_000),
      model: 'gpt-4o-transcribe',
      stream: true,
    })
    let text = ''
    for await (const event of stream) if (event.type === 'transcript.text.delta') text += event.delta
    expect(text).toBeTruthy()
    expect(await theRow(20 * 6_000 + 13 * 10_000)).toMatchObject({ stream: true, reason: 'completed' })
  })

  test.each(['json', 'verbose_json', 'text', 'srt', 'vtt'] as const)(
    'by the second are charged alike as %s, with usage or without',
    async (response_format) => {
      await client.audio.transcriptions.create({
        file: await wav(4_200),
        model: 'whisper-1',
        response_format,
      })
      // Five begun seconds at $0.006 a minute.
      expect(await theRow(5 * 100_000)).toMatchObject({ reason: 'completed' })
    },
  )

  test('of a sound that cannot be measured are charged by its bytes, and marked', async () => {
    const noise = await toFile(Buffer.alloc(7_500, 0x55), 'noise.mp3')
    await client.audio.transcriptions.create({ file: noise, model: 'whisper-1', response_format: 'text' })
    expect(await theRow(10 * 100_000)).toMatchObject({ reason: 'estimated' })
  })

  test('translated cost by the second, as MP3 too', async () => {
    await client.audio.translations.create({
      file: await toFile(mp3Of(2_400), 'speech.mp3'),
      model: 'whisper-1',
    })
    expect(await theRow(3 * 100_000)).toMatchObject({
      endpoint: '/v1/audio/translations',
      reason: 'completed',
    })
  })
})

describe('speech', () => {
  const SAID = { input: 'Hello there, 门.', voice: 'alloy' }

  test('by characters is charged by those of its text', async () => {
    const spoken = await client.audio.speech.create({ ...SAID, model: 'tts-1', response_format: 'wav' })
    const sound = Buffer.from(await spoken.arrayBuffer())
    expect(sound.toString('latin1', 0, 4)).toBe('RIFF')
    expect(spoken.headers.get('content-type')).toBe('audio/wav')
    expect(await theRow(15 * 15_000)).toMatchObject({ endpoint: '/v1/audio/speech', reason: 'completed' })
  })

  test('by tokens is charged by the length of the sound that came, and marked as an estimate', async () => {
    const spoken = await client.audio.speech.create({ ...SAID, model: 'gpt-4o-mini-tts' })
    expect(Buffer.from(await spoken.arrayBuffer())[0]).toBe(0xff)
    // The request’s 71 bytes are 18 tokens at $0.60; 912 ms of sound are 19 at $12.
    const row = await theRow(18 * 600 + 19 * 12_000)
    expect(row).toMatchObject({ reason: 'estimated', outputTokens: 19 })
  })

  test('streamed as events is charged by the usage in the last one', async () => {
    const spoken = await client.audio.speech.create({
      ...SAID,
      model: 'gpt-4o-mini-tts',
      stream_format: 'sse',
    })
    expect(await spoken.text()).toContain('speech.audio.done')
    // Five tokens of text at $0.60, eighteen of sound at $12.
    expect(await theRow(5 * 600 + 18 * 12_000)).toMatchObject({ reason: 'completed', stream: true })
  })
})
