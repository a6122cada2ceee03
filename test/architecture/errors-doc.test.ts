// docs/errors.md explains the whole error catalogue: every code stands there once, with the status and the retry hint that
// the catalogue gives it, and no code stands there that the catalogue does not have.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ERRORS } from '../../contract/errors.ts'

interface Promised {
  readonly code: string
  readonly status: number
  /** As the page writes it: `true`, `false`, or a dash where the header is left out. */
  readonly shouldRetry: string
}

interface DocumentedCode extends Promised {
  readonly seenBy: string
  readonly advice: string
}

/** Rows of the tables whose first cell is one code and nothing else. */
function readRows(page: string): DocumentedCode[] {
  return page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    const [, code = '', status = '', shouldRetry = '', seenBy = '', advice = ''] = cells
    const name = /^`([a-z_]+)`$/.exec(code)?.[1]
    if (name === undefined) return []
    return [
      { code: name, status: Number(status), shouldRetry: shouldRetry.replaceAll('`', ''), seenBy, advice },
    ]
  })
}

const byCode = (one: Promised, other: Promised) => (one.code < other.code ? -1 : 1)

describe('docs/errors.md', () => {
  const rows = readRows(readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8'))

  test('names every code of the catalogue once and no other, each with its status and its retry hint', () => {
    const documented = rows.map(({ code, status, shouldRetry }): Promised => ({ code, status, shouldRetry }))
    const catalogued = Object.entries(ERRORS).map(
      ([code, { status, shouldRetry }]): Promised => ({
        code,
        status,
        shouldRetry: shouldRetry === undefined ? '–' : String(shouldRetry),
      }),
    )
    expect(documented.sort(byCode)).toEqual(catalogued.sort(byCode))
  })

  test('says of every code who sees it and what to do', () => {
    for (const { code, seenBy, advice } of rows) {
      expect(seenBy, code).toMatch(/^(Caller|Browser|Administrator)(, (browser|administrator))*$/)
      expect(advice, code).toMatch(/^[A-Z`].{10,}\.$/)
    }
  })
})
