import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DIRECTIVE_NAMES, scenarioIn } from './directives.ts'

const problemIn = (text: string) => {
  const found = scenarioIn(text)
  return 'problem' in found ? found.problem : undefined
}

describe('directives', () => {
  test('a text without any asks for nothing', () => {
    expect(scenarioIn('hello [[x]] [demo:error=500]')).toEqual({ scenario: undefined })
  })

  test('several in one text add up', () => {
    expect(
      scenarioIn('[[demo:tokens=200]] hi [[demo:delay=50]][[demo:cut-after=3]] [[demo:framing=crlf,bom]]'),
    ).toEqual({
      scenario: {
        answer: { textTokens: 200, toolCalls: [] },
        delays: { betweenEventsMs: 50 },
        framing: { lineEnd: '\r\n', hasBom: true },
        headers: {},
        cut: { afterEvents: 3 },
      },
    })
  })

  test('an error carries its status and a retry-after', () => {
    expect(scenarioIn('[[demo:error=429]][[demo:retry-after=2]]')).toMatchObject({
      scenario: { error: 429, headers: { 'retry-after': '2' } },
    })
  })

  test('an unknown one is refused with the known ones', () => {
    expect(problemIn('[[demo:explode=now]]')).toMatch(/Unknown directive 'explode'.*tokens/)
    expect(problemIn('[[demo:constructor=1]]')).toMatch(/Unknown/)
  })

  test('a value that makes no sense or is too large is refused with its range', () => {
    expect(problemIn('[[demo:tokens=lots]]')).toBe(
      "The directive 'tokens' takes a whole number from 0 to 200000, not 'lots'.",
    )
    expect(problemIn('[[demo:delay=9999999]]')).toMatch(/from 0 to 60000/)
    expect(problemIn('[[demo:error=200]]')).toMatch(/from 400 to 599/)
    expect(problemIn('[[demo:usage=maybe]]')).toMatch(/one of missing, null/)
    expect(problemIn('[[demo:framing=crlf,odd]]')).toMatch(/one or more of crlf/)
  })

  test('the manual lists every directive and no other', () => {
    const manual = readFileSync(new URL('../../docs/demo-upstream.md', import.meta.url), 'utf8')
    const listed = [...manual.matchAll(/^\| `\[\[demo:([a-z-]+)/gm)].map((match) => match[1])
    expect([...listed].sort()).toEqual([...DIRECTIVE_NAMES].sort())
  })
})
