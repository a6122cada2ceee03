// The bundle has a part of mime-db in the place of the whole: what express says of content must not differ by it.
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import known from './media-types.json' with { type: 'json' }

interface MediaType {
  readonly source?: string
  readonly extensions?: readonly string[]
}
/** Where express has it from. */
const express = createRequire(createRequire(import.meta.url).resolve('express'))
const mimeTypes = createRequire(express.resolve('mime-types'))
const all = mimeTypes('mime-db') as Readonly<Record<string, MediaType>>
const { lookup } = express('mime-types') as { lookup(extension: string): string | false }

/** Its other endings have kinds of their own, which are missing here. */
const OCTETS = 'application/octet-stream'

test('each kind of content is as mime-db has it', () => {
  const wanted = Object.fromEntries(Object.keys(known).map((type) => [type, all[type]]))
  expect(known).toEqual({ ...wanted, [OCTETS]: { ...all[OCTETS], extensions: ['bin'] } })
})

test('each ending leads to the kind that it leads to with all of mime-db', () => {
  const endings = Object.values<MediaType>(known).flatMap(({ extensions = [] }) => extensions)
  const missing = endings.filter((ending) => !Object.hasOwn(known, String(lookup(ending))))
  expect(missing).toEqual([])
  // By these express answers a redirect, in `res.format`, and sends JSON and text.
  expect(endings).toEqual(expect.arrayContaining(['text', 'html', 'json', 'bin']))
})
