// The colours of charts, as people see them who cannot tell some colours apart.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Triple = readonly [number, number, number]
type Matrix = readonly [Triple, Triple, Triple]

const TOKENS = readFileSync(join(import.meta.dirname, '../styles/tokens.css'), 'utf8')
/** The grey of everything else is told by its place as well: it is always last. */
const NAMES = ['1', '2', '3', '4', '5', '6']

/** Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB. */
const SIGHT: Readonly<Record<string, Matrix>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}
/** Ottosson 2020: linear RGB to cone responses, and their cube roots to Oklab. */
const TO_CONES: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
]
const TO_LAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
]

const each = ([a, b, c]: Triple, change: (value: number) => number): Triple => [
  change(a),
  change(b),
  change(c),
]
const times = ([a, b, c]: Matrix, v: Triple): Triple => {
  const row = (r: Triple) => r[0] * v[0] + r[1] * v[1] + r[2] * v[2]
  return [row(a), row(b), row(c)]
}

function linearOf(hex: string): Triple {
  const at = (start: number) => Number.parseInt(hex.slice(start, start + 2), 16) / 255
  return each([at(1), at(3), at(5)], (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
}

/** The colours of one theme; the dark ones stand after the light ones. */
function palette(theme: 'light' | 'dark'): readonly Triple[] {
  return NAMES.map((name) => {
    const found = [...TOKENS.matchAll(new RegExp(`--chart-${name}: (#[0-9a-f]{6})`, 'g'))].map(
      ([, hex = '']) => hex,
    )
    return linearOf(found[theme === 'light' ? 0 : 1] ?? '')
  })
}

const seenBy = (sight: Matrix, colour: Triple): Triple =>
  times(
    TO_LAB,
    each(
      times(
        TO_CONES,
        each(times(sight, colour), (v) => Math.min(Math.max(v, 0), 1)),
      ),
      Math.cbrt,
    ),
  )

test.each(['light', 'dark'] as const)('any two of them differ for everybody, in the %s theme', (theme) => {
  for (const [name, sight] of Object.entries(SIGHT)) {
    const seen = palette(theme).map((colour) => seenBy(sight, colour))
    const distances = seen.flatMap((a, index) =>
      seen.slice(index + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
    )
    // What the palette was drawn for: several times a just noticeable difference.
    expect(Math.min(...distances), name).toBeGreaterThan(0.08)
  }
})
