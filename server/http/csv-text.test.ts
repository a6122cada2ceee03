// The pace of a file: half of the time belongs to others, and none of it to waiting for whoever reads.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CSV_EXPORTS } from './csv-exports.ts'
import { csvText } from './csv-text.ts'

test('what a slow reader took is not waited for once more', async () => {
  const what = CSV_EXPORTS.get('audit.csv')
  if (what === undefined) throw new Error('no such export')
  let pages = 0
  const text = await csvText(
    what,
    {},
    {
      ask: async () => {
        pages += 1
        return { ok: true, data: { rows: [], nextCursor: pages < 4 ? 'more' : null } }
      },
      mayGoOn: () => true,
    },
  )
  if (!text.ok) throw new Error(text.error.message)
  const startedMs = performance.now()
  let readMs = 0
  for await (const _ of text.parts) {
    const beforeMs = performance.now()
    await sleep(300)
    readMs += performance.now() - beforeMs
  }
  expect(pages).toBe(4)
  expect(performance.now() - startedMs - readMs).toBeLessThan(500)
})
