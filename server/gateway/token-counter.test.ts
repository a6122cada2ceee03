// The token counter with its real worker thread: never fewer tokens than there are, never longer than it may take.
import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { pino } from 'pino'
import { afterAll, describe, expect, test } from 'vitest'
import { createTokenCounter } from './token-counter.ts'

const silent = pino({ level: 'silent' })
const counter = createTokenCounter(silent)
afterAll(() => counter.stop())

const count = (body: unknown) => counter.countAtMost(Buffer.from(JSON.stringify(body)))
const chat = (...content: unknown[]) => ({ model: 'gpt-6-sol', messages: [{ role: 'user', content }] })
const text = (said: string) => ({ type: 'text', text: said })
const realCount = (said: string) => countTokens(said, { disallowedSpecial: new Set() })

const texts: Record<string, string> = {
  English: 'It was a bright cold day in April, and the clocks were striking thirteen. '.repeat(200),
  Chinese: '春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。'.repeat(200),
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈🌕'.repeat(300),
  code: 'function f(a, b) {\n\t\treturn a?.[b] ?? "\\\\\\""\n}\n'.repeat(200),
  'special tokens': '<|endoftext|><|im_start|>'.repeat(200),
  'white space': ' \n\t'.repeat(2_000),
  digits: '3141592653589793'.repeat(300),
  'one run of a letter': 'a'.repeat(20_000),
  'what looks like an image': `data:image/png;base64,${'The quick brown fox. '.repeat(500)}`,
}

describe('the count of a body', () => {
  test('waits for the thread to start, rather than refuse the first person who needs it', async () => {
    expect(await count({ input: 'hello' })).toBeGreaterThan(0)
  })

  test.each(Object.keys(texts))('is at least the tokens of its text: %s', async (name) => {
    const said = texts[name] ?? ''
    expect(await count(chat(text(said)))).toBeGreaterThanOrEqual(realCount(said))
    expect(await count({ model: 'm', input: said })).toBeGreaterThanOrEqual(realCount(said))
  })

  test('is at least the tokens of any text, and near them', async () => {
    const said = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', ' ', 'the ', '\n', '"', '门', '🌕'),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
      maxLength: 400,
    })
    await fc.assert(
      fc.asyncProperty(said, async (some) => {
        const counted = await count(chat(text(some)))
        expect(counted).toBeGreaterThanOrEqual(realCount(some))
      }),
      { numRuns: 60 },
    )
    const plain = texts.English ?? ''
    expect(await count(chat(text(plain)))).toBeLessThan(realCount(plain) * 1.3 + 400)
  })

  test('leaves the base64 of images out, wherever the reading of a body notes them', async () => {
    const image = `data:image/png;base64,${'iVBORw0KGgo'.repeat(5_000)}`
    const without = await count(chat(text('x')))
    for (const body of [
      chat({ type: 'image_url', image_url: { url: image } }),
      chat({ type: 'image_url', image_url: image }),
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: image }] }] },
      { input: [{ type: 'function_call_output', output: [{ type: 'input_image', image_url: image }] }] },
      {
        input: [{ type: 'computer_call_output', output: { type: 'computer_screenshot', image_url: image } }],
      },
    ]) {
      expect(await count(body)).toBeLessThan((without ?? 0) + 100)
    }
  })

  test('counts text that only looks like an image, wherever it hides', async () => {
    const hidden = `data:${'The quick brown fox jumps over the lazy dog. '.repeat(500)}`
    for (const body of [
      { messages: [{ role: 'user', content: hidden }] },
      chat(text(hidden)),
      chat({ type: 'text', text: 'x', image_url: { url: hidden } }),
      { input: hidden },
      { input: [{ role: 'user', content: [{ type: 'input_text', text: hidden }] }] },
      { input: [{ role: 'user', content: [{ type: 'image_url', image_url: hidden }] }] },
      { input: 'x', tools: [{ type: 'function', description: hidden, url: hidden }] },
      { input: 'x', instructions: hidden },
    ]) {
      expect(await count(body)).toBeGreaterThanOrEqual(realCount(hidden))
    }
  })

  test('is not known where the body is no JSON', async () => {
    expect(await counter.countAtMost(Buffer.from('{"a":'))).toBeUndefined()
    expect(await counter.countAtMost(Buffer.alloc(0))).toBeUndefined()
  })

  test('comes back to whoever asked for it, however many ask at once', async () => {
    const sizes = [1, 500, 20, 3_000, 100]
    const counts = await Promise.all(sizes.map((size) => count(chat(text('word '.repeat(size))))))
    for (const [index, size] of sizes.entries()) expect(counts[index]).toBeGreaterThanOrEqual(size)
    expect([...counts].sort((a = 0, b = 0) => a - b)).toEqual([
      counts[0],
      counts[2],
      counts[4],
      counts[1],
      counts[3],
    ])
  })
})

/** Without a word in it, and no piece twice, which the tokenizer would remember: a megabyte is about a second of its work. */
const slow = (megabytes: number) => {
  let seed = 7
  const letters = Buffer.alloc(megabytes * 1_000_000)
  for (let at = 0; at < letters.length; at += 1) {
    seed = (seed * 48_271) % 2_147_483_647
    letters[at] = 97 + (seed % 26)
  }
  return { input: letters.toString('latin1') }
}

describe('a count that takes too long', () => {
  test('is given up in time, holds up nothing else, and the next one is counted', async () => {
    const body = Buffer.from(JSON.stringify(slow(7)))
    // A loop that waits for the count beats once; one that is free beats hundreds of times, some dozens on a busy machine.
    let beats = 0
    const beat = setInterval(() => {
      beats += 1
    }, 5)
    const startedMs = performance.now()
    expect(await counter.countAtMost(body)).toBeUndefined()
    const tookMs = performance.now() - startedMs
    clearInterval(beat)
    expect(tookMs).toBeGreaterThan(1_400)
    expect(tookMs).toBeLessThan(4_000)
    expect(beats).toBeGreaterThan(10)
    expect(await count({ input: 'hello' })).toBeGreaterThan(0)
  })

  test('takes nothing from those who wait behind it', async () => {
    const first = count(slow(7))
    const others = await Promise.all(Array.from({ length: 4 }, () => count({ input: 'hello' })))
    for (const tokens of others) expect(tokens).toBeGreaterThan(0)
    expect(await first).toBeUndefined()
  })

  test('is begun with when the short ones are done', async () => {
    await count({ input: 'hello' })
    const done: string[] = []
    const asked = [slow(6), slow(5), { input: 'hello' }].map((body, index) =>
      count(body).then(() => done.push(['counted at once', 'long', 'short'][index] ?? '')),
    )
    await Promise.all(asked)
    expect(done).toEqual(['counted at once', 'short', 'long'])
  })
})

describe('the counter', () => {
  test('leaves text to its bytes that is longer than any window, and not a body that is long by its images', async () => {
    const blank = ' '.repeat(9 * 1024 * 1024)
    expect(await count({ input: blank })).toBeUndefined()
    const image = `data:image/png;base64,${'iVBORw0KGgo'.repeat(1_000_000)}`
    expect(await count(chat({ type: 'image_url', image_url: { url: image } }))).toBeGreaterThan(0)
  })

  test('takes no more than it can work off: the rest is bounded by bytes at once', async () => {
    const own = createTokenCounter(silent)
    const asked = Array.from({ length: 70 }, () => own.countAtMost(Buffer.from('{"a":"hello"}')))
    expect(await Promise.all(asked.slice(64))).toEqual(Array.from({ length: 6 }, () => undefined))
    const counted = await Promise.all(asked.slice(0, 64))
    expect(counted.every((tokens) => tokens !== undefined && tokens > 0)).toBe(true)
    await own.stop()
  })

  test('that is stopped leaves nobody waiting', async () => {
    const own = createTokenCounter(silent)
    const waiting = own.countAtMost(Buffer.from('{"a":"hello"}'))
    await own.stop()
    expect(await waiting).toBeUndefined()
    await own.stop()
  })
})
